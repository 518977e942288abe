// Shell that makes a repository of small packages on a host with rpmbuild: names and units as the RHEL family has them.

/** A package that is to exist. */
export interface SmallRpm {
  readonly name: string
  /** `1.0-1.el9`. */
  readonly version: string
  /** A service of this name, which only sleeps. */
  readonly unit?: string
  /** Programs by their absolute paths: shell. */
  readonly programs?: Readonly<Record<string, string>>
  /** Files by their absolute paths, each with the one of the host that it is made of. */
  readonly copies?: Readonly<Record<string, string>>
}

/** The repository `id` below /srv with these packages, unsigned, known to dnf. */
export function smallRpms(id: string, packages: readonly SmallRpm[]): string {
  const folder = `/srv/${id}`
  return [
    `set -e; mkdir -p ${folder}; cd ${folder}`,
    ...packages.map(
      (each) =>
        `cat > spec <<'END'\n${spec(each)}END\nrpmbuild --quiet -bb --define '__os_install_post %{nil}' --define '_rpmdir ${folder}' --define '_topdir /tmp/rpmbuild' spec >/dev/null 2>&1`,
    ),
    'rm spec; createrepo_c -q .',
    `printf '[%s]\\nname=%s\\nbaseurl=file://${folder}\\ngpgcheck=0\\n' ${id} ${id} > /etc/yum.repos.d/${id}.repo`,
  ].join('\n')
}

function spec({ name, version, unit, programs = {}, copies = {} }: SmallRpm): string {
  const [number, release] = version.split('-')
  const files: Record<string, string> = {
    ...Object.fromEntries(Object.entries(programs).map(([file, body]) => [file, `#!/bin/sh\n${body}\n`])),
    ...(unit && {
      [`/usr/lib/systemd/system/${unit}.service`]:
        '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n',
    }),
  }
  const entries = Object.entries(files)
  return `Name: ${name}
Version: ${number}
Release: ${release}
Summary: ${name} of a test
License: none
BuildArch: noarch
%description
${name}
%install
mkdir -p %{buildroot}
${entries.map(([file, text]) => `mkdir -p %{buildroot}${file.slice(0, file.lastIndexOf('/'))}\ncat > %{buildroot}${file} <<'TEXT'\n${text}TEXT\nchmod 755 %{buildroot}${file}`).join('\n')}
${Object.entries(copies)
  .map(([file, from]) => `install -D -m 644 ${from} %{buildroot}${file}`)
  .join('\n')}
%files
${[...entries.map(([file]) => file), ...Object.keys(copies)].join('\n')}
`
}
