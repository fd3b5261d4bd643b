/**
 * What the model of an application's security consists of. The entries stand beside this file: controls, the system
 * (assets, zones, flows), threats, decisions, constraints. Ids cross-reference; a test refuses a dangling one.
 */

/** A part that an application may lack. Whether it is there is read off its files, never off its options. */
export type Feature = 'oauth' | 'google' | 'github' | 'resend' | 'billing' | 'uploads' | 'pages';

interface Entry {
  readonly id: string;
  /** The part without which the entry says nothing; always there when left out. */
  readonly where?: Feature;
}

/** How a control is shown: code, tests, static checks on the repository, a person's word. */
export type Showing = 'code' | 'test' | 'static' | 'attested';

/** What only a person can do, and for how long their word holds. */
export interface Attestation {
  readonly claim: string;
  /** What a person does to be able to say so, and what they write down as evidence. */
  readonly how: string;
  /** Days until it has to be done again; 180 at most. */
  readonly days: number;
  /** `required`: without it the control is not met. `rehearsed`: the same, but a stand-in was exercised by the tests. */
  readonly weight: 'required' | 'rehearsed' | 'further';
}

export interface Control extends Entry {
  readonly title: string;
  readonly shown: readonly Showing[];
  readonly attestation?: Attestation;
  /** Why no threat needs it; left out where one does. */
  readonly noThreat?: string;
}

export interface Asset extends Entry {
  readonly title: string;
  readonly store: string;
  /** What it takes away when it becomes known, changes, or cannot be had. */
  readonly confidentiality: string;
  readonly integrity: string;
  readonly availability: string;
}

/** Everything on one side of a trust boundary. */
export interface Zone extends Entry {
  readonly title: string;
  readonly trusted: string;
}

/** A part of the system, as the diagram shows it. */
export interface Node extends Entry {
  readonly title: string;
  readonly zone: string;
}

export const strideLetters = ['S', 'T', 'R', 'I', 'D', 'E'] as const;
export type StrideLetter = (typeof strideLetters)[number];

/** The six questions of STRIDE. */
export const strideWords: Readonly<Record<StrideLetter, string>> = {
  S: 'spoofing',
  T: 'tampering',
  R: 'repudiation',
  I: 'information disclosure',
  D: 'denial of service',
  E: 'elevation of privilege',
};

export interface Flow extends Entry {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  /** Why a letter that no threat answers needs no answer. */
  readonly dismissed: Readonly<Partial<Record<StrideLetter, string>>>;
}

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** A control at work, and where in the code. */
export interface Mitigation {
  readonly control: string;
  /** `file#symbol`. Left out: the document says where the control's sabotages strike. */
  readonly at?: readonly string[];
}

export interface Threat extends Entry {
  readonly title: string;
  readonly flows: readonly string[];
  readonly stride: readonly StrideLetter[];
  readonly assets: readonly string[];
  /** What an attacker does, in one or two sentences. */
  readonly story: string;
  readonly severity: Severity;
  readonly because: string;
  readonly mitigations: readonly Mitigation[];
  /** What is left, plainly. */
  readonly residual: string;
  /** How one would notice. */
  readonly notice: string;
}

/** A decision that has a record of its own, `.ai/<id>.md`. */
export interface Decision extends Entry {
  readonly title: string;
  /** Controls whose tests confirm it. */
  readonly confirmedBy: readonly string[];
}

/** How a constraint is enforced. */
export type Check =
  /** No line of these files may match, but in the files excepted, as far as an application has them. */
  | {
      readonly kind: 'forbid';
      readonly pattern: string;
      readonly files: string;
      readonly except?: readonly string[];
    }
  /** A rule of the linter, on as an error. */
  | { readonly kind: 'lint'; readonly rule: string }
  /** A test whose title begins so; it carries its own bad examples, as sabotages. */
  | { readonly kind: 'test'; readonly control: string }
  /** Nothing enforces it: people and agents are asked. */
  | { readonly kind: 'advice' };

export interface Constraint extends Entry {
  readonly rule: string;
  /** A decision, or a control. */
  readonly why: string;
  readonly good?: string;
  readonly bad?: string;
  readonly check: Check;
}
