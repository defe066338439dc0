/** How the studio is built: one page, hashed files, each also compressed, so that the gateway only has to pick. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const GATEWAY = "http://127.0.0.1:8000";
const COMPRESSED = /\.(html|js|css|svg)$/;

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { outDir: "dist", assetsDir: "studio", assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2022" },
  plugins: [compressed()],
  server: { proxy: { "/api": { target: GATEWAY, ws: true } } },
});

function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle(options) {
      for (const file of filesIn(options.dir ?? "dist").filter((name) => COMPRESSED.test(name))) {
        const content = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(content));
      }
    },
  };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}
