import {
  deleteProject,
  insertProject,
  listProjects,
  readProject,
  updateProject,
  type ProjectRow,
} from '../db/statements/projects.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { Page } from '../http/pagination.ts';
import { Problem } from '../http/problem.ts';
import type { Author } from '../tenancy/audit.ts';

/** What a client may set. */
export interface ProjectFields {
  readonly name: string;
  readonly description: string;
}

/** What a client may change; what is absent stays as it is. */
export type ProjectChanges = { readonly [Field in keyof ProjectFields]?: string | undefined };

/** One tenant's projects. */
export interface ProjectRepository {
  /** @throws {Problem} 409 where D1 refuses it */
  create(fields: ProjectFields, by: Author): Promise<ProjectRow>;
  /** The projects after `position`, oldest first; one more than `limit`, which tells of a next page. */
  list(page: Page): Promise<ProjectRow[]>;
  read(id: string): Promise<ProjectRow | null>;
  /** The project as it is now, or null where there is none. */
  update(id: string, changes: ProjectChanges, by: Author): Promise<ProjectRow | null>;
  /** Whether there was one to delete. */
  delete(id: string, by: Author): Promise<boolean>;
}

export function projectRepository(database: TenantDatabase): ProjectRepository {
  return {
    async create({ name, description }, by) {
      const id = crypto.randomUUID();
      const isCreated = await database.write(
        { by, action: 'project.created', target: id },
        database.bind(insertProject, id, name, description, by.now),
      );
      if (!isCreated) throw new Problem('conflict');
      return { id, name, description, createdAt: by.now };
    },
    list: ({ position, limit }) =>
      database.all(listProjects, position.createdAt, position.id, limit + 1),
    read: (id) => database.first(readProject, id),
    async update(id, { name, description }, by) {
      const isUpdated = await database.write(
        { by, action: 'project.updated', target: id },
        database.bind(updateProject, id, name ?? null, description ?? null),
      );
      return isUpdated ? database.first(readProject, id) : null;
    },
    delete: (id, by) =>
      database.write(
        { by, action: 'project.deleted', target: id },
        database.bind(deleteProject, id),
      ),
  };
}
