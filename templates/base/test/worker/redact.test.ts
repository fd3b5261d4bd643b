import { describe, expect, it, vi } from 'vitest';
import { mintToken } from '../../src/auth/token.ts';
import { mintRequestId } from '../../src/http/context.ts';
import { createLogger, describeFault } from '../../src/ops/logger.ts';
import { redact } from '../../src/ops/redact.ts';

describe('OBS-2 the second net takes out what slipped through the first', () => {
  it.each([
    ['no such user ada@example.com', 'no such user [address]'],
    ['/api/x?email=ada%40example.com&y', '/api/x?email=[address]&y'],
    ['Ada <zoë.müller+x@bücher.example>', 'Ada <[address]>'],
    ['card 4242424242424242', 'card [number]'],
    ['card 4242 4242 4242 4242.', 'card [number].'],
    ['call +1 (415) 555-0132 now', 'call [number] now'],
    ['+49.30.1234567', '[number]'],
    ['account 123456789', 'account [number]'],
    ['from a@b.example to ada@example.com', 'from [address] to [address]'],
    ['123456789, and 987654321', '[number], and [number]'],
    [`${'aB3_'.repeat(11)} or ${'cD4-'.repeat(11)}`, '[token] or [token]'],
    ['abcdef12-3abc-4abc-8abc-abcdefabcdef of ada@example.com', '[token] of [address]'],
    [`token ${'aB3_'.repeat(11)}`, 'token [token]'],
    [`sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`, '[token]'],
  ])('%s', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it('any token of ours', () => {
    for (let tries = 0; tries < 100; tries += 1)
      expect(redact(`t ${mintToken()}`)).toBe('t [token]');
  });

  it.each([
    '/api/tenants/:tenantId/members/:userId',
    'sessions.authorize',
    'remember the device of a session',
    'the secret HMAC_KEY is missing',
    mintRequestId(),
    crypto.randomUUID(),
    '00000000-0000-4000-8000-123456789012',
  ])('leaves what a log line is for: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('leaves the frames of a stack', () => {
    const fault = describeFault(new Error('x'));
    expect(fault).toContain(' at ');
    expect(redact(fault)).toBe(fault);
  });

  it('and what an object brings along that no line may carry is left out', () => {
    const written = vi.spyOn(console, 'info').mockImplementation(() => {});
    const row = { userId: 'a user', name: 'Ada Lovelace', tokenHash: 'a hash' };
    createLogger('an id').log('info', 'a line', row);
    expect(written.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      { level: 'info', event: 'a line', requestId: 'an id', userId: 'a user' },
    ]);
  });

  it('stands between every line and where it is kept', () => {
    const lines: unknown[] = [];
    for (const level of ['info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(line));
      createLogger(mintRequestId()).log(level, 'a line', { tenantId: 'ada@example.com' });
    }
    const kept = expect.stringContaining('"tenantId":"[address]"');
    expect(lines).toEqual([kept, kept, kept]);
  });
});
