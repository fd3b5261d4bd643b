import { unstable_startWorker as startWorker } from 'wrangler';

// Runs dev/seed-worker.ts once, in the same runtime and on the same local database as `npm run dev`.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false';
const worker = await startWorker({
  config: 'wrangler.toml',
  entrypoint: 'dev/seed-worker.ts',
  dev: { logLevel: 'error', server: { port: 0 }, inspector: false, watch: false },
});
try {
  const answer = await worker.fetch('http://localhost/');
  console.log(
    answer.ok ? await answer.text() : 'Seeding failed: run the migrations first (db:migrate).',
  );
  process.exitCode = answer.ok ? 0 : 1;
} finally {
  await worker.dispose();
}
