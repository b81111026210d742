#!/bin/sh
# Ansible's inventory of a fleet:
#
#	ansible-inventory -i examples/inventory/ansible.sh --graph
#
# VPS_API_TOKEN or FLEET_TOKEN_FILE says whose servers, and FLEET_FILE, where it is not
# fleet.yaml, which fleet file. Groups are role_web for the label role: web, and likewise
# location_us_west and plan_standard_vps.
exec fleet list --output ansible "$@"
