import * as z from 'zod';

// What the API answers, as far as pages use it. Each is checked when it is read.

const role = z.enum(['owner', 'admin', 'member']);
const id = z.string();
const date = z.string();

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const tenantShape = z.object({
  id,
  name: z.string(),
  role,
  tier: z.string(),
  deletesAt: date.nullable(),
});
export type Tenant = z.output<typeof tenantShape>;
export const tenantsShape = listOf(tenantShape);

export const projectShape = z.object({
  id,
  name: z.string(),
  description: z.string(),
  createdAt: date,
});
export type Project = z.output<typeof projectShape>;
export const projectsShape = listOf(projectShape);

export const membersShape = listOf(
  z.object({ id, name: z.string(), email: z.string(), role, createdAt: date }),
);
export const invitationsShape = listOf(
  z.object({ id, email: z.string(), role, expiresAt: date, createdAt: date }),
);
export const auditShape = listOf(
  z.object({
    id,
    actorId: z.string(),
    action: z.string(),
    target: z.string(),
    result: z.string(),
    createdAt: date,
  }),
);

export const sessionsShape = listOf(
  z.object({ id, createdAt: date, device: z.string().nullable(), current: z.boolean() }),
);
export const eventsShape = listOf(z.object({ id, kind: z.string(), createdAt: date }));
export const identitiesShape = listOf(
  z.object({ id, provider: z.string().nullable(), email: z.string(), createdAt: date }),
);

export const statusShape = z.object({ status: z.string() });
export const enrollmentShape = z.object({ secret: z.string(), uri: z.string() });
export const recoveryCodesShape = z.object({ recoveryCodes: z.array(z.string()) });
export const leaveShape = z.object({ url: z.url() });
