package recipes

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// cosign stands for the real one, which asks the network: it takes a bundle that says
// "signed" and wants the identity of the release's workflow.
const cosign = `#!/bin/sh
[ "$1 $2 $3" = "verify-blob --bundle checksums.txt.sigstore.json" ] &&
[ "$4 $5" = "--certificate-identity https://github.com/vps-fleet/fleet/.github/workflows/release.yml@refs/tags/v1.2.3" ] &&
[ "$6 $7 $8" = "--certificate-oidc-issuer https://token.actions.githubusercontent.com checksums.txt" ] &&
[ "$(cat "$3")" = signed ]`

// The action and the component install the release that they are told, and nothing that
// is not signed or is not what was signed.
func TestInstall(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the component is for Linux")
	}
	for name, script := range map[string]string{"action": actionScript(t), "component": componentScript(t)} {
		t.Run(name, func(t *testing.T) {
			for _, test := range []struct {
				name, file, text string // what somebody has put in place of a file of the release
				want             bool
			}{
				{name: "as released", want: true},
				{name: "not signed", file: "checksums.txt.sigstore.json", text: "somebody else's"},
				{name: "another archive", file: releaseArchive, text: string(archive(t, "evil"))},
				{name: "no checksum", file: "checksums.txt", text: "none\n"},
				{name: "no archive", file: releaseArchive},
			} {
				dir := release(t)
				if test.file != "" {
					writeFile(t, filepath.Join(dir, "v1.2.3", test.file), test.text)
				}
				if test.name == "no archive" {
					_ = os.Remove(filepath.Join(dir, "v1.2.3", test.file))
				}
				out, err := install(t, script, dir)
				if installed := err == nil && strings.HasSuffix(out, "fleet 1.2.3\n"); installed != test.want || err == nil && !test.want {
					t.Errorf("%s: %v\n%s", test.name, err, out)
				}
			}
		})
	}
}

var releaseArchive = "fleet_1.2.3_linux_" + runtime.GOARCH + ".tar.gz"

// release is a folder as the release's page serves it.
func release(t *testing.T) string {
	dir := t.TempDir()
	packed := archive(t, "echo fleet 1.2.3")
	writeFile(t, filepath.Join(dir, "v1.2.3", releaseArchive), string(packed))
	writeFile(t, filepath.Join(dir, "v1.2.3", "checksums.txt"), fmt.Sprintf("%x  %s\n", sha256.Sum256(packed), releaseArchive))
	writeFile(t, filepath.Join(dir, "v1.2.3", "checksums.txt.sigstore.json"), "signed")
	writeFile(t, filepath.Join(dir, "bin", "cosign"), cosign)
	return dir
}

// archive holds a fleet that runs these commands.
func archive(t *testing.T, commands string) []byte {
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	text := "#!/bin/sh\n" + commands + "\n"
	if err := w.WriteHeader(&tar.Header{Name: "fleet", Mode: 0o755, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(text)) // into memory
	_ = w.Close()
	_ = zipped.Close()
	return b.Bytes()
}

// install runs a script with a release's folder, and then fleet from where it put it.
func install(t *testing.T, script, dir string) (string, error) {
	added := filepath.Join(t.TempDir(), "path")
	script += "\ntest ! -s \"$GITHUB_PATH\" || PATH=$(cat \"$GITHUB_PATH\"):$PATH\nfleet\n"
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + filepath.Join(dir, "bin") + ":/usr/bin:/bin", "VERSION=1.2.3", "FLEET_RELEASES=file://" + dir,
		"FOLDER=" + filepath.Join(cmd.Dir, "fleet-release"), "GITHUB_PATH=" + added, "TMPDIR=" + cmd.Dir}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func actionScript(t *testing.T) string {
	var action struct {
		Runs struct{ Steps []struct{ Run string } }
	}
	readInto(t, "setup-fleet/action.yml", &action)
	steps := action.Runs.Steps
	return steps[len(steps)-1].Run
}

func componentScript(t *testing.T) string {
	var component struct {
		Fleet struct {
			BeforeScript []string `yaml:"before_script"`
		} `yaml:".fleet"`
	}
	readInto(t, "gitlab-component.yml", new(map[string]any), &component) // after its inputs
	return strings.Join(component.Fleet.BeforeScript, "\n")
}

// readInto reads the documents of a recipe.
func readInto(t *testing.T, name string, documents ...any) {
	t.Helper()
	data, err := os.ReadFile(folder + name)
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	for _, document := range documents {
		if err := d.Decode(document); err != nil {
			t.Fatal(err)
		}
	}
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}
