import { catalog } from 'built:catalog';
import { run } from './cli.ts';
import { exitCodes, Failure } from './failure.ts';
import { emit } from './terminal.ts';

// Not process.exit(): output that a pipe has not taken yet must still be delivered.
void run(process.argv.slice(2), {
  catalog,
  get currentDirectory() {
    try {
      return process.cwd();
    } catch (error) {
      const message = 'The current directory is gone. Change to another one.';
      throw new Failure('invalid_directory', message, exitCodes.failed, error);
    }
  },
  environment: process.env,
  platform: process.platform,
  nodeVersion: process.versions.node,
  emit,
}).then((exitCode) => {
  // Output that could not be written has failed already.
  process.exitCode ||= exitCode;
});
