import { ACL_OPTIONS, type AclCommands, aclCommands } from './operations/acl.ts';
import { requireStaying } from './operations/before-logout.ts';
import { copyArguments } from './operations/copy-arguments.ts';
import { METADATA_OPTIONS, type MetadataCommands, metadataCommands } from './operations/metadata.ts';
import type { OptionsTaken } from './operations/method-options.ts';
import { publicMethods } from './operations/public-methods.ts';
import { QUOTA_OPTIONS, type QuotaCommands, quotaCommands } from './operations/quota.ts';
import { URL_AUTH_OPTIONS, type UrlAuthCommands, urlAuthCommands } from './operations/url-auth.ts';
import type { TakeSteps } from './operations/while-user-stays.ts';
import type { Link } from './session/link.ts';

/** Commands of one extension each, which a client has together under a name: `client.quota.get(…)`. */
export interface CommandGroups {
  quota: QuotaCommands;
  acl: AclCommands;
  metadata: MetadataCommands;
  urlAuth: UrlAuthCommands;
}

interface CommandGroup<Commands> {
  make(session: Link, takeSteps: TakeSteps): Commands;
  /** By method. */
  options: Readonly<Record<string, OptionsTaken>>;
}

const GROUPS: { readonly [Name in keyof CommandGroups]: CommandGroup<CommandGroups[Name]> } = {
  quota: { make: quotaCommands, options: QUOTA_OPTIONS },
  acl: { make: aclCommands, options: ACL_OPTIONS },
  metadata: { make: metadataCommands, options: METADATA_OPTIONS },
  urlAuth: { make: urlAuthCommands, options: URL_AUTH_OPTIONS },
};

export function commandGroup<Name extends keyof CommandGroups>(
  name: Name,
  session: Link,
  takeSteps: TakeSteps,
): CommandGroups[Name] {
  const { make, options } = GROUPS[name];
  return publicMethods(make(session, takeSteps), {
    refuse: (_, method) => requireStaying(session, `${name}.${method}`),
    prepare: (method, args) => copyArguments(`${name}.${method}`, args, options[method]),
  });
}
