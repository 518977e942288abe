// Ansible's modules for Kubernetes and etcd: those of the collections kubernetes.core and community.general.
import { parseAllDocuments } from 'yaml'
import { TsplayError } from '../../engine/error.ts'
import { type Args, type RefusedParam, refusedParam, type Translation, type Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const inKubeconfig = refusedParam('how a cluster is reached is said by a kubeconfig', 'kubeconfig=/root/.kube/config')

/** What all of its modules take to reach a cluster. */
const login: Readonly<Record<string, RefusedParam>> = Object.fromEntries(
  [
    'host',
    'api_key',
    'username',
    'password',
    'client_cert',
    'cert_file',
    'client_key',
    'key_file',
    'ca_cert',
    'ssl_ca_cert',
    'proxy',
  ]
    .concat(['no_proxy', 'proxy_headers', 'impersonate_user', 'impersonate_groups', 'persist_config'])
    .map((name) => [name, inKubeconfig]),
)

const shared = {
  // the kubeconfig says it
  ignored: ['validate_certs', 'verify_ssl', 'wait_sleep'],
  renamed: { api: 'api_version', version: 'api_version' },
}

const byCommand = (text: string): RefusedParam =>
  refusedParam('kubectl itself can do this', `-m command -a 'kubectl ${text}'`)

export const kube: readonly Translation[] = [
  {
    names: ['k8s'],
    module: 'kubectl',
    ...shared,
    renamed: { ...shared.renamed, resource_definition: 'definition', inline: 'definition', src: 'path' },
    // the manifest is applied whole, which is what apply asks for
    ignored: [...shared.ignored, 'apply', 'merge_type', 'hidden_fields', 'continue_on_error'],
    refused: {
      ...login,
      force: byCommand('replace --force -f FILE'),
      delete_options: byCommand('delete KIND NAME --grace-period=0'),
      append_hash: refusedParam('names are as they are written', 'leave it out'),
      generate_name: refusedParam('another object would be made each time', 'name=NAME'),
      label_selectors: byCommand('apply -l LABEL -f FILE'),
      template: refusedParam('templates are EJS here', '-m kubectl -a "template=manifest.yaml.ejs"'),
      wait_condition: refusedParam('kubectl knows when a kind is ready', "-m kubeWait -a 'for=condition=Ready kind=…'"),
    },
    adapt: (args) => applied(args),
  },
  {
    names: ['k8s_info', 'k8s_facts'],
    module: 'kubeGet',
    ...shared,
    ignored: [...shared.ignored, 'api_version', 'hidden_fields', 'wait', 'wait_timeout', 'wait_condition'],
    refused: { ...login, field_selectors: byCommand('get KIND --field-selector=…') },
    adapt: ({ label_selectors: labels, api_version: _version, ...args }) => ({
      module: 'kubeGet',
      args: { ...args, ...(labels !== undefined && { selector: Array.isArray(labels) ? labels.join(',') : labels }) },
    }),
  },
  {
    names: ['k8s_scale'],
    module: 'kubeScale',
    ...shared,
    refused: {
      ...login,
      current_replicas: byCommand('scale --current-replicas=N …'),
      resource_version: byCommand('scale --resource-version=N …'),
      label_selectors: byCommand('scale -l LABEL …'),
      resource_definition: refusedParam('an object is named by its kind and name', 'kind=deployment name=NAME'),
      definition: refusedParam('an object is named by its kind and name', 'kind=deployment name=NAME'),
      src: refusedParam('an object is named by its kind and name', 'kind=deployment name=NAME'),
      continue_on_error: refusedParam('one object is scaled', 'leave it out'),
    },
    adapt: ({ wait, wait_timeout, api_version: _version, ...args }) => ({
      module: 'kubeScale',
      args: { ...args, ...waiting(wait ?? true, wait_timeout) },
    }),
  },
  {
    names: ['k8s_drain'],
    module: 'kubeDrain',
    ...shared,
    renamed: { ...shared.renamed, name: 'node' },
    refused: { ...login, pod_selectors: byCommand('drain NODE --pod-selector=…') },
    adapt: drained,
  },
  {
    names: ['k8s_taint'],
    module: 'kubeTaint',
    ...shared,
    renamed: { ...shared.renamed, name: 'node' },
    refused: { ...login, replace: refusedParam('other taints stay', 'state=absent for those that should go') },
    adapt: ({ taints, api_version: _version, ...args }) => ({
      module: 'kubeTaint',
      args: {
        ...args,
        ...(taints !== undefined && { taints: Array.isArray(taints) ? taints.map(taintText) : taints }),
      },
    }),
  },
  {
    names: ['k8s_json_patch'],
    module: 'kubePatch',
    ...shared,
    refused: {
      ...login,
      wait: refusedParam('it does not wait', '-m kubeWait'),
      wait_timeout: refusedParam('it does not wait', '-m kubeWait'),
    },
    adapt: ({ api_version: _version, ...args }) => ({ module: 'kubePatch', args: { ...args, type: 'json' } }),
  },
  {
    names: ['etcd3'],
    module: 'etcdKey',
    renamed: { key: 'path', ca_cert: 'ca', client_cert: 'cert', client_key: 'clientKey' },
    ignored: ['timeout'],
    refused: {
      user: refusedParam('users are not supported', "-m command -a 'etcdctl --user … put KEY VALUE'"),
      password: refusedParam('users are not supported', "-m command -a 'etcdctl --user … put KEY VALUE'"),
    },
    adapt({ host = 'localhost', port = 2379, clientKey, ...args }) {
      const scheme = args.ca === undefined && args.cert === undefined ? 'http' : 'https'
      return {
        module: 'etcdKey',
        args: {
          ...(args.endpoints === undefined && { endpoints: `${scheme}://${String(host)}:${String(port)}` }),
          ...args,
          ...(clientKey !== undefined && { key: clientKey }),
        },
      }
    },
  },
]

function applied(args: Args): Wish {
  const { kind, name, api_version: version = 'v1', definition, wait, wait_timeout, ...rest } = args
  const { validate, server_side_apply: serverSide, ...others } = rest
  if (args.state === 'patched')
    throw new TsplayError("k8s: 'state': to patch is a module of its own", {
      hint: '-m kubePatch -a \'{"kind": …, "patch": …}\'',
    })
  const named = kind !== undefined && others.path === undefined
  const data = typeof definition === 'string' ? objectsIn(definition) : definition
  return {
    module: 'kubectl',
    args: {
      ...others,
      ...(data !== undefined && { definition: data }),
      ...(data === undefined && named && { definition: { apiVersion: version, kind, metadata: { name } } }),
      ...(validate !== undefined && {
        validate: (validate as { fail_on_error?: boolean } | null)?.fail_on_error !== false,
      }),
      ...(serverSide !== undefined && {
        serverSide: true,
        forceConflicts: (serverSide as { force_conflicts?: boolean } | null)?.force_conflicts ?? false,
      }),
      ...waiting(wait, wait_timeout),
    },
  }
}

function drained({ state = 'drain', delete_options: options, api_version: _version, ...args }: Args): Wish {
  if (state !== 'drain')
    return { module: 'kubeCordon', args: { ...args, state: state === 'uncordon' ? 'uncordoned' : 'cordoned' } }
  const {
    ignore_daemonsets = false,
    delete_emptydir_data,
    force,
    terminate_grace_period,
    wait_timeout,
  } = (options ?? {}) as Args
  return {
    module: 'kubeDrain',
    args: {
      ...args,
      ignoreDaemonsets: ignore_daemonsets,
      ...(delete_emptydir_data !== undefined && { deleteEmptydirData: delete_emptydir_data }),
      ...(force !== undefined && { force }),
      ...(terminate_grace_period !== undefined && { gracePeriod: terminate_grace_period }),
      ...(wait_timeout !== undefined && { timeout: wait_timeout }),
    },
  }
}

/** Ansible waits two minutes where it waits. */
const waiting = (wait: unknown, seconds: unknown): Args =>
  booleanOf(wait ?? false) ? { wait: Number(seconds ?? 120) } : {}

/** `key=value:NoSchedule` of a taint as data. */
function taintText(taint: unknown): unknown {
  if (typeof taint !== 'object' || taint === null) return taint
  const { key = '', value, effect } = taint as { key?: string; value?: string; effect?: string }
  return `${key}${value === undefined ? '' : `=${value}`}${effect === undefined ? '' : `:${effect}`}`
}

function objectsIn(text: string): unknown {
  const documents = [parseAllDocuments(text)].flat()
  return documents.map((document) => ('toJS' in document ? document.toJS() : null)).filter((each) => each !== null)
}
