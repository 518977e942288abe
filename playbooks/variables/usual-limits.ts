// Limits that hosts of containers commonly have; an inventory takes them where it has no wish of its own.

const pair = (item: string, soft: string, hard: string) =>
  (['soft', 'hard'] as const).map((type) => ({ domain: '*', type, item, value: type === 'soft' ? soft : hard }))

/** Of everybody: many open files and processes, and as much locked memory as there is. */
export const usualLimits = [
  ...pair('nofile', '65536', '131072'),
  ...pair('nproc', '65535', '655350'),
  ...pair('memlock', 'unlimited', 'unlimited'),
]
