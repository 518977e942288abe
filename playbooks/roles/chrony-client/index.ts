// chrony-client: a host that has its time from the cluster's time servers and serves nobody.
import { role } from 'tsplay'
import { type ChronyParams, chrony } from '../chrony/index.ts'

export interface ChronyClientParams extends Pick<ChronyParams, 'family' | 'setsClock' | 'waitForSync'> {
  /** Addresses of the time servers. */
  servers: readonly string[]
}

/** The host follows the time servers, and one of them has been chosen. */
export const chronyClient = role<ChronyClientParams>({
  name: 'chrony-client',
  tasks: ({ servers, ...params }) => [chrony({ ...params, sources: servers.map((address) => ({ address })) })],
})
