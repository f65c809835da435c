// Each page's script is built by itself: `vite build --mode desk` makes dist/desk from src/desk/main.tsx. Names are
// stable (the service sends an ETag of what they hold), and nothing of what is built depends on when or where.
import { defineConfig } from 'vitest/config';

// Where each begins.
const PAGES: Record<string, string> = {
  desk: 'src/desk/main.tsx',
  buyer: 'src/buyer/main.ts',
};

export default defineConfig(({ mode }) => {
  const entry = PAGES[mode];
  return {
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: `dist/${mode}`,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      reportCompressedSize: true,
      rolldownOptions: {
        input: entry === undefined ? {} : { [mode]: entry },
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: '[name].js',
          assetFileNames: `${mode}[extname]`,
          codeSplitting: false,
        },
      },
    },
    test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
  };
});
