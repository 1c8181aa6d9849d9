import preact from '@preact/preset-vite';
import { defineConfig } from 'electron-vite';

// Three bundles under dist/desktop. Dependencies are bundled too, so the packaged app needs no node_modules.
export default defineConfig({
  main: {
    build: {
      outDir: 'dist/desktop/main',
      externalizeDeps: false,
      minify: false,
      rollupOptions: { input: 'main/desktop/index.ts', output: { format: 'es', entryFileNames: 'index.js' } },
    },
  },
  preload: {
    build: {
      outDir: 'dist/desktop/preload',
      externalizeDeps: false,
      minify: false,
      // A sandboxed preload script is CommonJS in one file.
      rollupOptions: { input: 'main/desktop/preload.ts', output: { format: 'cjs', entryFileNames: 'preload.cjs' } },
    },
  },
  renderer: {
    root: 'renderer',
    base: './',
    plugins: [preact()],
    build: {
      outDir: 'dist/desktop/renderer',
      emptyOutDir: true,
      // The page may load nothing but files: no inlined data: URLs, no polyfill that fetches.
      assetsInlineLimit: 0,
      modulePreload: false,
      rollupOptions: { input: 'renderer/index.html' },
    },
  },
});
