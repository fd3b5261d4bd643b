import {
  deleteProject,
  insertProject,
  listProjects,
  readProject,
  updateProject,
  type ProjectRow,
} from '../db/statements/projects.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { Position } from '../http/pagination.ts';

/** What a client may set. */
export interface ProjectFields {
  readonly name: string;
  readonly description: string;
}

/** What a client may change; what is absent stays as it is. */
export type ProjectChanges = { readonly [Field in keyof ProjectFields]?: string | undefined };

/** One tenant's projects. */
export interface ProjectRepository {
  create(fields: ProjectFields, now: number): Promise<ProjectRow>;
  /** The projects after `position`, oldest first; one more than `limit`, which tells of a next page. */
  list(page: { position: Position; limit: number }): Promise<ProjectRow[]>;
  read(id: string): Promise<ProjectRow | null>;
  /** The project as it is now, or null where there is none. */
  update(id: string, changes: ProjectChanges): Promise<ProjectRow | null>;
  /** Whether there was one to delete. */
  delete(id: string): Promise<boolean>;
}

export function projectRepository(database: TenantDatabase): ProjectRepository {
  return {
    async create(fields, now) {
      const project = { id: crypto.randomUUID(), ...fields, createdAt: now };
      await database.change(
        insertProject,
        project.id,
        project.name,
        project.description,
        project.createdAt,
      );
      return project;
    },
    list: ({ position, limit }) =>
      database.all(listProjects, position.createdAt, position.id, limit + 1),
    read: (id) => database.first(readProject, id),
    update: (id, changes) =>
      database.first(updateProject, id, changes.name ?? null, changes.description ?? null),
    delete: async (id) => (await database.change(deleteProject, id)) > 0,
  };
}
