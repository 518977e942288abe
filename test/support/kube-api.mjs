// A small API server of Kubernetes, in a process of its own: it keeps objects, merges patches, says what a
// dry run would do, evicts pods and tells watchers. It has no controllers, schemas or permissions.
// Listens at the address that it is given, prints its port, and ends when its standard input does. /calls lists what it was asked to change.
import { createServer } from 'node:http'
import { parse } from 'yaml'

const kinds = [
  ['v1', 'Namespace', 'namespaces', 'ns', false],
  ['v1', 'Node', 'nodes', 'no', false],
  ['v1', 'Pod', 'pods', 'po', true],
  ['v1', 'ConfigMap', 'configmaps', 'cm', true],
  ['v1', 'Secret', 'secrets', '', true],
  ['v1', 'Service', 'services', 'svc', true],
  ['apps/v1', 'Deployment', 'deployments', 'deploy', true],
  ['apps/v1', 'DaemonSet', 'daemonsets', 'ds', true],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', '', false],
  ['certificates.k8s.io/v1', 'CertificateSigningRequest', 'certificatesigningrequests', 'csr', false],
].map(([version, kind, plural, short, namespaced]) => ({ version, kind, plural, short, namespaced }))

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']
const objects = new Map()
const watchers = new Set()
const calls = []
let revision = 1

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const url = new URL(request.url, 'http://localhost')
    const text = Buffer.concat(chunks).toString()
    const reply = (code, body) => {
      response.writeHead(code, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
      response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
    }
    try {
      answer(request.method, url, request.headers['content-type'] ?? '', text, reply, response)
    } catch (error) {
      if (typeof error.code === 'number') reply(error.code, failure(error.code, error.reason, error.message))
      else reply(500, failure(500, 'InternalError', error.stack))
    }
  })
})
// whoever tests may be busy for long, and then goes on with the connection it has
server.keepAliveTimeout = 0
server.listen(0, process.argv[2] ?? '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.stdin.resume().on('end', () => process.exit(0))

function answer(method, url, contentType, text, reply, response) {
  const at = url.pathname
  if (at === '/healthz' || at === '/readyz') return reply(200, 'ok')
  if (at === '/version') return reply(200, { major: '1', minor: '30', gitVersion: 'v1.30.0' })
  if (at === '/openapi/v2') return reply(200, openapi())
  if (at === '/calls') return reply(200, calls)
  if (at === '/api') return reply(200, { kind: 'APIVersions', versions: ['v1'] })
  if (at === '/apis') return reply(200, groupList())
  const resources = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))\/?$/.exec(at)
  if (resources) return reply(200, resourceList(resources[1] ?? resources[2]))

  const [, core, group, namespace, plural, name, sub] =
    /^\/(?:api\/(v1)|apis\/([^/]+\/v1))(?:\/namespaces\/([^/]+)(?=\/[^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      at,
    ) ?? []
  const type = kinds.find((each) => each.version === (core ?? group) && each.plural === plural)
  if (!type) return reply(404, failure(404, 'NotFound', 'the server could not find the requested resource'))
  const dry = url.searchParams.get('dryRun') === 'All'
  if (method !== 'GET' && !dry) calls.push(`${method} ${at}`)
  const body = () => parse(text)
  const key = (of) => [type.plural, type.namespaced ? (namespace ?? 'default') : '', of].join('/')

  if (!name && method === 'GET') {
    const items = [...objects.values()].filter((each) => each.kind === type.kind && selected(each, namespace, url))
    if (url.searchParams.get('watch')) return watch(type, namespace, url, response)
    const list = {
      kind: `${type.kind}List`,
      apiVersion: type.version,
      metadata: { resourceVersion: String(revision) },
      items,
    }
    return reply(200, list)
  }
  if (!name && method === 'POST') {
    const object = body()
    if (type.namespaced && !objects.has(`namespaces//${namespace}`))
      fail(404, 'NotFound', `namespaces "${namespace}" not found`)
    if (objects.has(key(object.metadata.name)))
      fail(409, 'AlreadyExists', `${plural} "${object.metadata.name}" already exists`)
    return reply(201, keep(key(object.metadata.name), completed(type, namespace, object), dry, 'ADDED'))
  }
  const present = objects.get(key(name))
  if (sub === 'eviction' && method === 'POST') {
    if (present) keep(key(name), present, false, 'DELETED')
    return reply(201, { kind: 'Status', apiVersion: 'v1', status: 'Success' })
  }
  if (method === 'PATCH' && !present && contentType.startsWith('application/apply-patch')) {
    if (type.namespaced && !objects.has(`namespaces//${namespace}`))
      fail(404, 'NotFound', `namespaces "${namespace}" not found`)
    return reply(201, keep(key(name), completed(type, namespace, body()), dry, 'ADDED'))
  }
  if (!present) fail(404, 'NotFound', `${plural} "${name}" not found`)
  if (sub === 'scale') {
    if (method !== 'GET') {
      const wish = body()
      keep(key(name), { ...present, spec: { ...present.spec, replicas: wish.spec.replicas } }, dry, 'MODIFIED')
    }
    const spec = { replicas: objects.get(key(name)).spec.replicas }
    return reply(200, { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: present.metadata, spec, status: spec })
  }
  if (method === 'GET') return reply(200, present)
  if (method === 'DELETE') {
    keep(key(name), present, dry, 'DELETED')
    return reply(200, {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Success',
      details: { name, uid: present.metadata.uid },
    })
  }
  if (method === 'PUT') return reply(200, keep(key(name), completed(type, namespace, body()), dry, 'MODIFIED'))
  if (method === 'PATCH') {
    const merged = contentType.startsWith('application/json-patch')
      ? operated(present, body())
      : merge(present, body(), !contentType.startsWith('application/merge-patch'))
    return reply(200, keep(key(name), completed(type, namespace, merged), dry, 'MODIFIED'))
  }
  fail(405, 'MethodNotAllowed', method)
}

/** What a server adds by itself: marks of its own, and defaults. */
function completed(type, namespace, object) {
  const { creationTimestamp = new Date(0).toISOString(), uid = `uid-${revision}`, ...metadata } = object.metadata
  const own = { ...metadata, creationTimestamp, uid, ...(type.namespaced && { namespace: namespace ?? 'default' }) }
  const full = { apiVersion: type.version, kind: type.kind, ...object, metadata: own }
  if (type.kind === 'Deployment') full.spec = { replicas: 1, revisionHistoryLimit: 10, ...full.spec }
  if (type.kind === 'Namespace') full.status = { phase: 'Active' }
  if (type.kind === 'Secret' && full.stringData) {
    const data = Object.entries(full.stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
    full.data = { ...full.data, ...Object.fromEntries(data) }
    delete full.stringData
  }
  return full
}

function keep(key, object, dry, event) {
  const before = objects.get(key)
  const same = before && plain(before) === plain(object)
  const stored = {
    ...object,
    metadata: { ...object.metadata, resourceVersion: String(same ? before.metadata.resourceVersion : revision + 1) },
  }
  if (dry) return stored
  if (event === 'DELETED') objects.delete(key)
  else if (!same) objects.set(key, stored)
  revision += 1
  for (const tell of watchers) tell(event, stored)
  return stored
}

const plain = ({ metadata: { resourceVersion: _revision, ...metadata }, ...rest }) =>
  JSON.stringify({ ...rest, metadata })

function watch(type, namespace, url, response) {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const tell = (event, object) => {
    if (object.kind === type.kind && selected(object, namespace, url))
      response.write(`${JSON.stringify({ type: event, object })}\n`)
  }
  watchers.add(tell)
  response.on('close', () => watchers.delete(tell))
}

function selected(object, namespace, url) {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false
  const fields = (url.searchParams.get('fieldSelector') ?? '').split(',').filter(Boolean)
  const labels = (url.searchParams.get('labelSelector') ?? '').split(',').filter(Boolean)
  const field = (path) => path.split('.').reduce((value, part) => value?.[part], object)
  return (
    fields.every((each) => String(field(each.split('=')[0])) === each.split('=').at(-1)) &&
    labels.every((each) => object.metadata.labels?.[each.split('=')[0]] === each.split('=').at(-1))
  )
}

/** Maps are merged, null takes away; with `strategic` lists of what has a name are merged by it. */
function merge(present, patch, strategic) {
  if (strategic && Array.isArray(patch) && Array.isArray(present) && patch.every((item) => item?.name !== undefined)) {
    const merged = present.map((item) => {
      const change = patch.find(({ name }) => name === item.name)
      return change ? merge(item, change, strategic) : item
    })
    return [...merged, ...patch.filter(({ name }) => !present.some((item) => item.name === name))].filter(
      (item) => item.$patch !== 'delete',
    )
  }
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base = typeof present === 'object' && present !== null && !Array.isArray(present) ? { ...present } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$set') || key.startsWith('$retain')) continue
    if (value === null) delete base[key]
    else base[key] = merge(base[key], value, strategic)
  }
  return base
}

function operated(present, operations) {
  const object = structuredClone(present)
  for (const { op, path, value } of operations) {
    const parts = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = parts.pop()
    const parent = parts.reduce((node, part) => node?.[part], object)
    if (parent === undefined || (op === 'replace' && parent[last] === undefined))
      fail(422, 'Invalid', `no such path: ${path}`)
    if (op === 'remove') delete parent[last]
    else if (Array.isArray(parent) && last === '-') parent.push(value)
    else parent[last] = value
  }
  return object
}

function groupList() {
  const versions = [...new Set(kinds.map(({ version }) => version))].filter((version) => version.includes('/'))
  const groups = versions.map((groupVersion) => {
    const [name, version] = groupVersion.split('/')
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } }
  })
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

function resourceList(groupVersion) {
  const resources = kinds
    .filter(({ version }) => version === groupVersion)
    .flatMap(({ kind, plural, short, namespaced }) => [
      { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs, shortNames: short ? [short] : [] },
      ...(kind === 'Deployment'
        ? [{ name: `${plural}/scale`, namespaced, kind: 'Scale', group: 'autoscaling', version: 'v1', verbs }]
        : []),
      ...(kind === 'Pod'
        ? [{ name: `${plural}/eviction`, namespaced, kind: 'Eviction', group: 'policy', version: 'v1', verbs }]
        : []),
    ])
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }
}

/** As much of an OpenAPI document, in protocol buffers, as tells kubectl that all kinds know a dry run. No schemas. */
function openapi() {
  const field = (number, body) => {
    const bytes = Buffer.from(body)
    const size = []
    for (let rest = bytes.length; ; rest >>= 7) {
      size.push(rest > 127 ? (rest & 127) | 128 : rest)
      if (rest <= 127) break
    }
    return Buffer.concat([Buffer.from([(number << 3) | 2]), Buffer.from(size), bytes])
  }
  const dryRun = field(8, field(1, field(2, field(3, field(4, 'dryRun')))))
  const paths = kinds.map(({ version, kind, plural }) => {
    const [group, number] = version.includes('/') ? version.split('/') : ['', version]
    const named = `group: "${group}"\nkind: ${kind}\nversion: ${number}\n`
    const extension = field(13, Buffer.concat([field(1, 'x-kubernetes-group-version-kind'), field(2, field(2, named))]))
    const item = field(8, Buffer.concat([dryRun, extension]))
    return field(2, Buffer.concat([field(1, `/${plural}/{name}`), field(2, item)]))
  })
  return Buffer.concat([field(1, '2.0'), field(8, Buffer.concat(paths))])
}

function fail(code, reason, message) {
  throw Object.assign(new Error(message), { code, reason })
}

const failure = (code, reason, message) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason,
  code,
  message,
})
