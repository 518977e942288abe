// The hosts whose certificates, keys, tokens and kubeconfigs are looked at.
import { fleetOf } from './fleet-of.ts'

export default fleetOf('certified', '10.112')
