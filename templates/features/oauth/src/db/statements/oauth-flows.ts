import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('accounts');

export interface FlowRow {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly returnTo: string;
  /** Who links an identity; null for a login. */
  readonly userId: string | null;
}

export const insertFlow = across<never>(
  'oauthFlows.insert',
  `INSERT INTO oauth_flows
     (browser_hash, provider, state, nonce, code_verifier, return_to, user_id, expires_at)
   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
);

/** Of any number of answers one gets the row. ?1 browser hash, ?2 provider, ?3 now. */
export const takeFlow = across<FlowRow>(
  'oauthFlows.take',
  `DELETE FROM oauth_flows WHERE browser_hash = ?1 AND provider = ?2 AND expires_at > ?3
   RETURNING state, nonce, code_verifier AS codeVerifier, return_to AS returnTo, user_id AS userId`,
);

/** Those who never came back. ?1 now. */
export const purgeFlows = across<never>(
  'oauthFlows.purge',
  `DELETE FROM oauth_flows WHERE expires_at <= ?1`,
);
