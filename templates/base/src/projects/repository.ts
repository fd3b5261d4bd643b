import {
  deleteProject,
  insertProject,
  listNewestProjects,
  listProjects,
  listProjectsByName,
  readProject,
  updateProject,
  type ProjectRow,
} from '../db/statements/projects.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { Cursor } from '../http/pagination.ts';
import { Problem } from '../http/problem.ts';
import type { Author } from '../tenancy/audit.ts';
import { plans } from '../tenancy/plans.ts';

/** What a client may set. */
export interface ProjectFields {
  readonly name: string;
  readonly description: string;
}

/** What a client may change; what is absent stays as it is. */
export type ProjectChanges = { readonly [Field in keyof ProjectFields]?: string | undefined };

/** The orders a client may ask for, by name: each is a statement of its own, and where it begins. */
const orders = {
  createdAt: { statement: listProjects, beginning: { after: -1, id: '' } },
  '-createdAt': {
    statement: listNewestProjects,
    beginning: { after: Number.MAX_SAFE_INTEGER, id: '' },
  },
  name: { statement: listProjectsByName, beginning: { after: '', id: '' } },
} as const;

/** Which projects, in which order; without a cursor from the beginning. */
export interface ProjectQuery {
  readonly q: string;
  readonly sort: keyof typeof orders;
  readonly limit: number;
  readonly cursor?: Cursor | undefined;
}

/** One tenant's projects. */
export interface ProjectRepository {
  /** @throws {Problem} 402 where the plan allows no more */
  create(fields: ProjectFields, by: Author): Promise<ProjectRow>;
  /** Those whose name holds `q`; one more than `limit`, which tells of a next page. */
  list(query: ProjectQuery): Promise<ProjectRow[]>;
  read(id: string): Promise<ProjectRow | null>;
  /** The project as it is now, or null where there is none. @throws {Problem} 402 beyond the plan's limit */
  update(id: string, changes: ProjectChanges, by: Author): Promise<ProjectRow | null>;
  /** Whether there was one to delete. */
  delete(id: string, by: Author): Promise<boolean>;
}

export function projectRepository(database: TenantDatabase): ProjectRepository {
  const atMost = plans[database.tenant.tier].projects;
  return {
    async create({ name, description }, by) {
      const id = crypto.randomUUID();
      const isCreated = await database.write(
        { by, action: 'project.created', target: id },
        database.bind(insertProject, id, name, description, by.now, atMost),
      );
      if (!isCreated) throw new Problem('quota_exceeded');
      return { id, name, description, createdAt: by.now };
    },
    list({ q, sort, limit, cursor }) {
      const { statement, beginning } = orders[sort];
      const { after, id } = cursor ?? beginning;
      return database.all(statement, after, id, limit + 1, q);
    },
    read: (id) => database.first(readProject, id),
    async update(id, { name, description }, by) {
      const isUpdated = await database.write(
        { by, action: 'project.updated', target: id },
        database.bind(updateProject, id, name ?? null, description ?? null, atMost),
      );
      const project = await database.first(readProject, id);
      if (!isUpdated && project !== null) throw new Problem('quota_exceeded');
      return project;
    },
    delete: (id, by) =>
      database.write(
        { by, action: 'project.deleted', target: id },
        database.bind(deleteProject, id),
      ),
  };
}
