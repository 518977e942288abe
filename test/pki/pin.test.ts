// kubeadm's hash of an authority, as its documentation computes it: openssl x509 -pubkey | openssl rsa -pubin -outform der | sha256sum.
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { ca } from '../../modules/ca.ts'
import { memoryStore } from '../support/run-here.ts'
import { needs, output } from '../x509/programs.ts'
import { kinds } from './parties.ts'

const { skip, note } = needs('openssl')

describe.skipIf(skip).each(kinds)(`the hash for kubeadm’s discovery, with a key of the kind %s${note}`, (_, key) => {
  it('is what openssl makes of the certificate (M18)', async () => {
    const control = { check: false, store: memoryStore() } as unknown as Control
    const input = await ca.module.prepare!({ name: 'kubernetes', subject: { cn: 'kubernetes' }, key }, control)
    const { publicKeyPin } = ca.module.result!(input, { files: {} })
    const { '.pem': pem } = (await control.store.read('pki/kubernetes/ca'))!
    const publicKey = output('openssl', ['x509', '-noout', '-pubkey'], { input: pem })
    // bytes, so not as text
    const command = [key.algo === 'rsa' ? 'rsa' : 'pkey', '-pubin', '-outform', 'der']
    const der = spawnSync('openssl', command, { input: publicKey }).stdout
    const digest = output('openssl', ['dgst', '-sha256', '-r'], { input: der }).split(' ')[0]
    expect(publicKeyPin).toBe(`sha256:${digest}`)
    expect(der.length).toBeGreaterThan(40)
  })
})
