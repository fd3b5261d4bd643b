import { catalog } from 'built:catalog';
import { run } from './cli.ts';
import { emit } from './terminal.ts';

// Not process.exit(): output that a pipe has not taken yet must still be delivered.
void run(process.argv.slice(2), {
  catalog,
  currentDirectory: process.cwd(),
  environment: process.env,
  platform: process.platform,
  nodeVersion: process.versions.node,
  emit,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
