package inventory

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// writeAnsible answers what Ansible asks an inventory program: --list, with every
// host's variables in it, or --host.
func writeAnsible(servers []Server, o Options) (text []byte, left []Omitted, err error) {
	hosts := map[string][]string{"all": nil, "ungrouped": {}} // by group
	for _, s := range servers {
		for _, group := range groupsOf(s) {
			hosts[group] = nil
		}
	}
	names := aliases(servers, func(name string) bool {
		_, isGroup := hosts[name]
		return isAnsibleHost(name) && !isGroup
	}, exactly)
	vars := make(map[string]map[string]any)
	for i, s := range servers {
		vars[names[i]] = hostVars(s)
		for _, group := range groupsOf(s) {
			hosts[group] = append(hosts[group], names[i])
		}
	}
	if o.Host != "" {
		host := vars[o.Host]
		if host == nil {
			host = map[string]any{}
		}
		text, err = encode(host)
		return text, nil, err
	}
	delete(hosts, "all")
	inventory := map[string]any{
		"_meta": map[string]any{"hostvars": vars},
		"all":   map[string]any{"children": slices.Sorted(maps.Keys(hosts))},
	}
	for group, members := range hosts {
		inventory[group] = map[string]any{"hosts": members}
	}
	text, err = encode(inventory)
	return text, nil, err
}

// isAnsibleHost reports whether Ansible can know a host by this name, unless a
// group has it. It takes nearly any, but makes a template of one with braces.
func isAnsibleHost(name string) bool { return isText(name) && !strings.ContainsAny(name, "{}") }

// hostVars are the variables of one host. Those of fleet's own are named
// fleet_..., so that they take no name away from a playbook.
func hostVars(s Server) map[string]any {
	labels := make(map[string]any)
	for key, value := range s.Labels {
		labels[key] = ansibleText(value)
	}
	vars := map[string]any{
		"ansible_host":   s.address().String(),
		"fleet_id":       ansibleText(s.ID),
		"fleet_name":     ansibleText(s.Name),
		"fleet_status":   ansibleText(s.Status),
		"fleet_hostname": ansibleText(s.Hostname),
		"fleet_location": ansibleText(s.Location),
		"fleet_plan":     ansibleText(s.Plan.Name),
		"fleet_os":       ansibleText(s.OS.Name),
		"fleet_labels":   labels,
	}
	if s.IPv4.IsValid() {
		vars["fleet_ipv4"] = s.IPv4.String()
	}
	if s.IPv6.IsValid() {
		vars["fleet_ipv6"] = s.IPv6.String()
	}
	return vars
}

// ansibleText keeps Ansible from running what looks like a template.
func ansibleText(text string) any {
	if strings.ContainsAny(text, "{}") {
		return map[string]string{"__ansible_unsafe": text}
	}
	return text
}

// groupsOf are the groups of a server by its labels, location and plan:
// role_web, location_us_west, plan_standard_vps; without any of them it is
// ungrouped. No two are the same.
func groupsOf(s Server) (groups []string) {
	for _, key := range slices.Sorted(maps.Keys(s.Labels)) {
		groups = append(groups, groupName(key, s.Labels[key]))
	}
	groups = append(groups, groupName("location", s.Location), groupName("plan", cmp.Or(s.Plan.Name, s.Plan.ID)))
	groups = slices.DeleteFunc(groups, func(name string) bool { return name == "" })
	if len(groups) == 0 {
		return []string{"ungrouped"}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// groupName is what Ansible takes for the name of a group: lower case letters,
// digits and underscores; "" for a value that has none of them.
func groupName(kind, value string) string {
	value = strings.Trim(notGroup.ReplaceAllString(strings.ToLower(value), "_"), "_")
	if value == "" {
		return ""
	}
	return kind + "_" + value
}

var notGroup = regexp.MustCompile(`[^a-z0-9]+`)
