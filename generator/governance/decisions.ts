import type { Decision } from './model.ts';

/** Decisions that everything hangs on. Each has a record in `.ai/`, written by hand in `templates/`. */
export const decisions: readonly Decision[] = [
  {
    id: 'adr-001',
    title: 'One declaration for each route',
    confirmedBy: ['AUTH-1', 'API-1'],
  },
  {
    id: 'adr-002',
    title: 'D1 decides whether a session lives',
    confirmedBy: ['AUTH-2', 'AUTH-1'],
  },
  { id: 'adr-003', title: 'Two doors to data, and no third', confirmedBy: ['DB-1', 'TEST-2'] },
  {
    id: 'adr-004',
    title: 'Writes that belong together are one batch',
    confirmedBy: ['DB-1', 'AUTH-5'],
  },
  {
    id: 'adr-005',
    title: 'Exact limits come from a Durable Object for each key',
    confirmedBy: ['API-2', 'TEST-4'],
  },
  { id: 'adr-006', title: 'Passwords are hashed with native scrypt', confirmedBy: ['AUTH-2'] },
  {
    id: 'adr-007',
    where: 'billing',
    title: 'Stripe events are verified, recorded and applied together',
    confirmedBy: ['BILL-1', 'BILL-2', 'BILL-3'],
  },
  { id: 'adr-008', title: 'Plain D1, and few libraries', confirmedBy: ['DB-2'] },
  { id: 'adr-009', title: 'Authentication is code of this app', confirmedBy: ['AUTH-3', 'AUTH-7'] },
  {
    id: 'adr-010',
    title: 'Migrations only add while traffic is live',
    confirmedBy: ['DB-4', 'DEP-5'],
  },
  {
    id: 'adr-011',
    title: 'Production is what you get when you forget to say',
    confirmedBy: ['SEC-6'],
  },
];
