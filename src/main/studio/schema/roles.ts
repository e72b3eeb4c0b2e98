/** Viewer, editor, admin: roles of the database, each with no more rights than it needs. */
import { UserError } from '../../../shared/errors.ts';
import type { StudioConnection } from '../connection.ts';

/** Marks a role as ours: roles belong to the whole server, and another program’s must not be given anything. */
const OURS = 'Role of an Earmark studio';
/** Names of roles have at most 63 bytes. */
const LONGEST_DATABASE_NAME = 40;

export interface StudioRoleNames {
  viewer: string;
  editor: string;
  admin: string;
}

/** Two studios on one server are two databases. @throws UserError bad-input when the name is too long for it */
export function roleNames(database: string): StudioRoleNames {
  if (Buffer.byteLength(database) > LONGEST_DATABASE_NAME) {
    throw new UserError('bad-input', `The name of the database “${database}” is too long. Use at most ${LONGEST_DATABASE_NAME} bytes.`); // prettier-ignore
  }
  const name = (role: string) => `earmark_${database}_${role}`;
  return { viewer: name('viewer'), editor: name('editor'), admin: name('admin') };
}

/**
 * Makes the roles where they are missing, and gives each what it needs; to be run again after every migration.
 * @throws UserError studio-refused when a role of that name belongs to something else
 */
export async function grantRoles({ address, rows }: StudioConnection): Promise<StudioRoleNames> {
  const names = roleNames(address.database);
  for (const name of Object.values(names) as string[]) {
    const [known] = await rows<{ ours: boolean }>(
      `SELECT shobj_description(oid, 'pg_authid') IS NOT DISTINCT FROM $2 AND NOT rolcanlogin AS ours
         FROM pg_roles WHERE rolname = $1`,
      [name, OURS],
    );
    if (known?.ours === false) {
      throw new UserError('studio-refused', `The server has a role “${name}” that does not belong to a studio. Use a database with another name.`); // prettier-ignore
    }
    if (known) continue;
    await rows(`CREATE ROLE ${quoted(name)} NOLOGIN`);
    await rows(`COMMENT ON ROLE ${quoted(name)} IS '${OURS}'`);
  }
  await rows(grants(quoted(address.database), quoted(names.viewer), quoted(names.editor), quoted(names.admin)));
  return names;
}

function grants(database: string, viewer: string, editor: string, admin: string): string {
  return `
    REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${database} TO ${viewer};
    GRANT ${viewer} TO ${editor};
    GRANT ${editor} TO ${admin};
    GRANT ${viewer}, ${editor}, ${admin} TO CURRENT_USER WITH ADMIN OPTION;
    GRANT ${viewer}, ${editor} TO ${admin} WITH ADMIN OPTION;
    REVOKE ALL ON SCHEMA earmark FROM PUBLIC;
    REVOKE ALL ON ALL TABLES IN SCHEMA earmark FROM PUBLIC, ${viewer}, ${editor}, ${admin};
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA earmark FROM PUBLIC;

    GRANT USAGE ON SCHEMA earmark TO ${viewer};
    GRANT SELECT ON ALL TABLES IN SCHEMA earmark TO ${viewer};
    GRANT EXECUTE ON FUNCTION earmark.is_here, earmark.server_ms TO ${viewer};

    REVOKE SELECT ON earmark.written_undo FROM ${viewer};
    GRANT SELECT ON earmark.written_undo TO ${editor};
    GRANT INSERT ON earmark.space, earmark.analysis, earmark.tag, earmark.write_run, earmark.written_file,
                    earmark.written_undo TO ${editor};
    GRANT UPDATE (state, at_ms) ON earmark.written_file TO ${editor};
    GRANT INSERT, UPDATE ON earmark.sound, earmark.file, earmark.decision, earmark.mark, earmark.collection,
                            earmark.collection_item, earmark.document TO ${editor};
    GRANT EXECUTE ON FUNCTION earmark.newer_kinds, earmark.version_of, earmark.worker_is_here, earmark.identify_file TO ${editor};

    GRANT INSERT, DELETE ON earmark.share TO ${admin};
    GRANT DELETE ON earmark.file, earmark.analysis, earmark.sound, earmark.member TO ${admin};
  `;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
