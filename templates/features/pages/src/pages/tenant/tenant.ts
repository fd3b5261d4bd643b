import { fill } from '../addresses.ts';
import type { Visit } from '../page.ts';
import { tenantShape, type Tenant } from '../shapes.ts';

/** The tenant in the address, as the API shows it to whoever asks. @throws {Refusal} */
export function readTenant({ c, api }: Visit): Promise<Tenant> {
  return api.read(fill('/api/tenants/:tenantId', c), tenantShape);
}
