// Hosts that are broken on purpose.
import { fleetOf } from './fleet-of.ts'

export default fleetOf('halfway', '10.87')
