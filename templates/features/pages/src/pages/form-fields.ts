/** How a field looks and behaves. */
export interface FieldKind {
  /** What the API calls it. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'email' | 'password' | 'search';
  readonly autocomplete?: string;
  readonly maxlength: number;
  readonly minlength?: number;
  /** How many lines it has, if it is for more than one. */
  readonly rows?: number;
  /** Need not be filled in. */
  readonly optional?: boolean;
  /** Whether it is for a code, and set in letters that are easy to tell apart. */
  readonly isCode?: boolean;
  /** Whether the page opens with the focus here. */
  readonly focus?: boolean;
}

const address = { name: 'email', type: 'email', maxlength: 254 } as const;
const knownPassword = {
  type: 'password',
  autocomplete: 'current-password',
  maxlength: 128,
} as const;
const code = { autocomplete: 'one-time-code', maxlength: 64, isCode: true } as const;

/** Every field there is in a form, by what it is for. */
export const fieldKinds = {
  email: { ...address, label: 'Email', autocomplete: 'username' },
  newEmail: { ...address, label: 'New address', autocomplete: 'email' },
  invitee: { ...address, label: 'Email', autocomplete: 'off' },
  password: { ...knownPassword, name: 'password', label: 'Password' },
  current: { ...knownPassword, name: 'current', label: 'Current password' },
  newPassword: {
    name: 'password',
    label: 'Choose a password',
    hint: 'At least 8 characters. A sentence is fine.',
    type: 'password',
    autocomplete: 'new-password',
    minlength: 8,
    maxlength: 128,
  },
  person: { name: 'name', label: 'Your name', autocomplete: 'name', maxlength: 100 },
  workspace: { name: 'name', label: 'Name of the workspace', maxlength: 100 },
  project: { name: 'name', label: 'Name', maxlength: 100 },
  description: {
    name: 'description',
    label: 'Description',
    maxlength: 2_000,
    rows: 6,
    optional: true,
  },
  token: { ...code, name: 'token', label: 'Code from the mail', autocomplete: 'off' },
  code: { ...code, name: 'code', label: 'Code from your authenticator app' },
  codeOrRecovery: {
    ...code,
    name: 'code',
    label: 'Code from your authenticator app',
    hint: 'Without it, one of your recovery codes.',
    focus: true,
  },
  stepUpPassword: {
    ...knownPassword,
    name: 'step_up_password',
    label: 'Your password',
    focus: true,
  },
  stepUpCode: {
    ...code,
    name: 'step_up_code',
    label: 'Code from your authenticator app',
    hint: 'Or one of your recovery codes.',
    focus: true,
  },
  stepUpEmailCode: {
    ...code,
    name: 'step_up_email_code',
    label: 'Code from the mail',
    focus: true,
  },
} as const satisfies Record<string, FieldKind>;

export type FieldName = keyof typeof fieldKinds;
