import type { KnownImage } from './known-image.ts'

const NOBODY = { uid: 65534, gid: 65534 } as const

/** What collects and shows metrics and logs. */
export const MONITORING_IMAGES = [
  {
    repository: 'docker.io/grafana/grafana',
    also: ['docker.io/grafana/grafana-oss', 'docker.io/grafana/grafana-enterprise'],
    writes: [
      { path: '/var/lib/grafana', what: 'the SQLite database and plugins', grows: true, keeps: true },
      { path: '/var/log/grafana', what: 'logs that are not written to the console', grows: true, keeps: false },
      { path: '/tmp', what: 'plugins as they are installed', grows: false, keeps: false }
    ],
    user: { uid: 472, gid: 0 },
    runsAs: 'name',
    note: 'GF_AWS_PROFILES is written to /usr/share/grafana/.aws.',
    source: 'https://github.com/grafana/grafana/blob/main/packaging/docker/run.sh'
  },
  {
    repository: 'docker.io/prom/prometheus',
    also: ['quay.io/prometheus/prometheus'],
    tags: /^(?!.*distroless)/,
    writes: [{ path: '/prometheus', what: 'the time series', grows: true, keeps: true }],
    user: NOBODY,
    runsAs: 'name',
    source: 'https://github.com/prometheus/prometheus/blob/main/Dockerfile'
  },
  {
    repository: 'docker.io/prom/alertmanager',
    also: ['quay.io/prometheus/alertmanager'],
    tags: /^(?!.*distroless)/,
    writes: [{ path: '/alertmanager', what: 'silences and sent notifications', grows: true, keeps: true }],
    user: NOBODY,
    runsAs: 'name',
    source: 'https://github.com/prometheus/alertmanager/blob/main/Dockerfile'
  },
  {
    repository: 'docker.io/prom/node-exporter',
    also: ['quay.io/prometheus/node-exporter'],
    tags: /^(?!.*distroless)/,
    writes: [],
    user: NOBODY,
    runsAs: 'name',
    source: 'https://github.com/prometheus/node_exporter/blob/master/Dockerfile'
  },
  {
    repository: 'docker.io/prom/pushgateway',
    also: ['quay.io/prometheus/pushgateway'],
    tags: /^(?!.*distroless)/,
    writes: [],
    user: NOBODY,
    runsAs: 'number',
    note: 'With --persistence.file its directory needs a volume.',
    source: 'https://github.com/prometheus/pushgateway/blob/master/Dockerfile'
  },
  {
    repository: 'docker.io/grafana/loki',
    writes: [{ path: '/loki', what: 'chunks, indexes and rules', grows: true, keeps: true }],
    user: { uid: 10001, gid: 10001 },
    runsAs: 'name',
    note: 'A path_prefix other than that of /etc/loki/local-config.yaml needs its own volume.',
    source: 'https://github.com/grafana/loki/blob/main/cmd/loki/Dockerfile'
  },
  {
    repository: 'docker.io/grafana/promtail',
    writes: [{ path: '/tmp', what: 'the positions in the log files', grows: false, keeps: false }],
    user: undefined,
    runsAs: 'root',
    note: 'It reads the logs of the node, mostly as root. After a restart without its positions it sends them again.',
    source: 'https://github.com/grafana/loki/blob/main/clients/cmd/promtail/promtail-docker-config.yaml'
  },
  {
    repository: 'docker.io/fluent/fluent-bit',
    also: ['cr.fluentbit.io/fluent/fluent-bit', 'ghcr.io/fluent/fluent-bit'],
    writes: [],
    user: undefined,
    runsAs: 'root',
    note: 'A storage.path and the DB of a tail input need a volume. It reads the logs of the node, mostly as root.',
    source: 'https://github.com/fluent/fluent-bit/blob/master/dockerfiles/Dockerfile'
  },
  {
    repository: 'docker.io/fluent/fluentd',
    writes: [
      { path: '/fluentd/log', what: 'buffers and logs', grows: true, keeps: false },
      { path: '/tmp', what: 'the socket of its workers', grows: false, keeps: false }
    ],
    user: undefined,
    runsAs: 'name',
    source: 'https://github.com/fluent/fluentd-docker-image/blob/master/v1.19/debian/Dockerfile'
  },
  {
    repository: 'docker.io/library/telegraf',
    writes: [],
    user: undefined,
    runsAs: 'root',
    rootNeeds: ['SETGID', 'SETUID'],
    note: 'Any user can run it. Started as root it cannot give its program NET_RAW and NET_BIND_SERVICE, and says so.',
    source: 'https://github.com/influxdata/influxdata-docker/blob/master/telegraf/1.39/entrypoint.sh'
  }
] as const satisfies readonly KnownImage[]
