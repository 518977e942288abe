// How the package is built: the program and what playbooks import, with what they share in a few files. Dependencies stay
// outside. A program of 500 small files takes Node a quarter of a second to find and link, each time it is started.
import { defineConfig } from 'rolldown'

export default defineConfig({
  input: {
    'engine/cli/bin': 'engine/cli/bin.ts',
    'engine/index': 'engine/index.ts',
    'modules/index': 'modules/index.ts',
  },
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && !/^tsplay(\/|$)/.test(id),
  resolve: { conditionNames: ['tsplay-source', 'node', 'import', 'default'] },
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    entryFileNames: '[name].js',
    // as deep as the sources are, whose `import.meta.url` looks for its own package
    chunkFileNames: 'engine/chunks/[name].js',
    // errors and rules tell the names of functions
    keepNames: true,
  },
})
