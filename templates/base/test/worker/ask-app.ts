import { expect } from 'vitest';
import type { Env } from '../../src/env.ts';
import { faultsOfAnswer } from './answer-check.ts';

/** The app, or another made of the same pipeline. */
export interface Served {
  fetch(
    request: Request,
    env: Env,
    executionContext: ExecutionContext,
  ): Response | Promise<Response>;
}

/**
 * Asks the app, and checks what every answer must be. It is the only way to it for the tests of the
 * worker (test/repo/asking.test.ts), so each of them also shows that its answers carry what all must.
 */
export async function askApp(
  served: Served,
  request: Request,
  env: Env,
  executionContext: ExecutionContext,
): Promise<Response> {
  const response = await served.fetch(request, env, executionContext);
  const where = `${request.method} ${new URL(request.url).pathname} answered ${response.status}`;
  expect([where, ...(await faultsOfAnswer(request, response, env.APP_ENV))]).toEqual([where]);
  return response;
}
