package render

// mixedFile and mixedServers are what mixedCase and driftCase compare.
const (
	mixedFile = `account: ops@example.com
owns: ["*"]
protect: ["db-primary"]
guards: { max_deletes: 30 }
defaults: { plan: standard, os: ubuntu-22.04, location: us-west, hostname: unmanaged }
servers:
  web-us-[01:08]: { hostname: "{name}.example.com", reboot_on: [hostname] }
  api-us-1: { backups_enabled: true }
  cache-eu-1: { backups_enabled: true, location: eu-west }
  api-us-2: { backups_enabled: true, hostname: "{name}.example.com" }
  cache-eu-2: { backups_enabled: true, hostname: "{name}.example.com", location: eu-west }
  queue-eu-1: { backups_enabled: true, hostname: "{name}.example.com", location: eu-west }
  redis-main: { renamed_from: redis-01, hostname: "{name}.example.com" }
  redis-spare: { renamed_from: redis-02, hostname: "{name}.example.com" }
  smtp-eu-1: { renamed_from: smtp-old, hostname: "{name}.example.com", location: eu-west }
  bastion: { os: debian-12, replace: delete-first }
  build-[1:3]: { os: debian-12, replace: delete-first }
  search-[1:2]: { plan: business, replace: create-first }
  search-3: { plan: business, location: us-east, replace: create-first }
  batch-[1:3]: { status: stopped }
  demo: { status: active }
  night-[1:2]: { status: active }
  slow-1: { status: active }
  legacy-[01:14]: { absent: true }
  old-mail: { absent: true }
  old-wiki: { absent: true }
  jenkins-2019: { absent: true }
  test-anna: { absent: true }
  test-karl: { absent: true }
  staging-db-old: { absent: true }
  db-primary: { os: ubuntu-22.04 }
  db-replica: {}
  metrics: {}
  api-eu-[01:06]: { plan: performance, location: eu-west, ssh_key: deploy, backups_enabled: true }
  worker-ap-1: { plan: business, os: ubuntu-24.04, location: ap-south, ssh_key: deploy, backups_enabled: true }
  worker-ap-2: { plan: business, os: ubuntu-24.04, location: ap-east, ssh_key: deploy, backups_enabled: true }
  web-canary-2: { location: eu-north, backups_enabled: true }
  cron-1: { plan: starter, location: eu-north }
`
	mixedServers = `legacy-[01:08] plan=basic
legacy-[09:14] plan=basic at=us-east
web-us-[01:08] host={name}.old.example.net
api-us-1
cache-eu-1 at=eu-west
api-us-2 host=api2.example.com
cache-eu-2 at=eu-west host=c2.internal.example.com
queue-eu-1 at=eu-west host=rabbit.example.com
redis-01 host=redis-01.example.com
redis-02 host=redis-02.example.com
smtp-old at=eu-west host=smtp-old.example.com
bastion os=debian-11
build-[1:2] os=debian-11
build-3 os=ubuntu-20
search-[1:2] plan=performance
search-3 plan=performance at=us-central
batch-[1:3]
demo stopped
night-[1:2] stopped
slow-1 provisioning
old-mail at=eu-west
old-wiki at=eu-west
jenkins-2019 plan=business at=eu-west
test-anna plan=starter at=eu-west
test-karl plan=starter at=eu-west
staging-db-old plan=performance at=eu-west
db-primary os=ubuntu-20
db-replica suspended
metrics
metrics
api-tmp-7
db-scratch
web-canary
web-us-99
`
)
