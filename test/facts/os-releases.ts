// os-release files as distributions ship them, with what tsplay makes of each.
import type { OsFacts } from '../../engine/facts/os-release.ts'

interface Vector {
  readonly name: string
  readonly text: string
  readonly os: Pick<OsFacts, 'id' | 'family' | 'version' | 'codename'>
}

const os = (id: string, family: string, version: string, codename = ''): Vector['os'] => ({
  id,
  family,
  version,
  codename,
})

export const vectors: readonly Vector[] = [
  {
    name: 'Debian 12',
    os: os('debian', 'debian', '12', 'bookworm'),
    text: `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`,
  },
  {
    name: 'Debian sid',
    os: os('debian', 'debian', '', 'trixie'),
    text: `PRETTY_NAME="Debian GNU/Linux trixie/sid"
NAME="Debian GNU/Linux"
VERSION_CODENAME=trixie
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`,
  },
  {
    name: 'Ubuntu 22.04',
    os: os('ubuntu', 'debian', '22.04', 'jammy'),
    text: `PRETTY_NAME="Ubuntu 22.04.4 LTS"
NAME="Ubuntu"
VERSION_ID="22.04"
VERSION="22.04.4 LTS (Jammy Jellyfish)"
VERSION_CODENAME=jammy
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
UBUNTU_CODENAME=jammy
`,
  },
  {
    name: 'Ubuntu 24.04',
    os: os('ubuntu', 'debian', '24.04', 'noble'),
    text: `PRETTY_NAME="Ubuntu 24.04.1 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.1 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
UBUNTU_CODENAME=noble
LOGO=ubuntu-logo
`,
  },
  {
    name: 'Linux Mint 21',
    os: os('linuxmint', 'debian', '21.3', 'virginia'),
    text: `NAME="Linux Mint"
VERSION="21.3 (Virginia)"
ID=linuxmint
ID_LIKE="ubuntu debian"
PRETTY_NAME="Linux Mint 21.3"
VERSION_ID="21.3"
VERSION_CODENAME=virginia
UBUNTU_CODENAME=jammy
`,
  },
  {
    name: 'RHEL 7',
    os: os('rhel', 'redhat', '7.9'),
    text: `NAME="Red Hat Enterprise Linux Server"
VERSION="7.9 (Maipo)"
ID="rhel"
ID_LIKE="fedora"
VARIANT="Server"
VARIANT_ID="server"
VERSION_ID="7.9"
PRETTY_NAME="Red Hat Enterprise Linux Server 7.9 (Maipo)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:redhat:enterprise_linux:7.9:GA:server"
`,
  },
  {
    name: 'RHEL 8',
    os: os('rhel', 'redhat', '8.9'),
    text: `NAME="Red Hat Enterprise Linux"
VERSION="8.9 (Ootpa)"
ID="rhel"
ID_LIKE="fedora"
VERSION_ID="8.9"
PLATFORM_ID="platform:el8"
PRETTY_NAME="Red Hat Enterprise Linux 8.9 (Ootpa)"
ANSI_COLOR="0;31"

REDHAT_SUPPORT_PRODUCT_VERSION="8.9"
`,
  },
  {
    name: 'RHEL 9',
    os: os('rhel', 'redhat', '9.3'),
    text: `NAME="Red Hat Enterprise Linux"
VERSION="9.3 (Plow)"
ID="rhel"
ID_LIKE="fedora"
VERSION_ID="9.3"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Red Hat Enterprise Linux 9.3 (Plow)"
`,
  },
  {
    name: 'CentOS 7',
    os: os('centos', 'redhat', '7'),
    text: `NAME="CentOS Linux"
VERSION="7 (Core)"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="7"
PRETTY_NAME="CentOS Linux 7 (Core)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:centos:centos:7"

CENTOS_MANTISBT_PROJECT="CentOS-7"
REDHAT_SUPPORT_PRODUCT="centos"

`,
  },
  {
    name: 'Rocky 9',
    os: os('rocky', 'redhat', '9.3'),
    text: `NAME="Rocky Linux"
VERSION="9.3 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.3"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Rocky Linux 9.3 (Blue Onyx)"
`,
  },
  {
    name: 'AlmaLinux 8',
    os: os('almalinux', 'redhat', '8.9'),
    text: `NAME="AlmaLinux"
VERSION="8.9 (Midnight Oncilla)"
ID="almalinux"
ID_LIKE="rhel centos fedora"
VERSION_ID="8.9"
PLATFORM_ID="platform:el8"
PRETTY_NAME="AlmaLinux 8.9 (Midnight Oncilla)"
`,
  },
  {
    name: 'Oracle Linux 9',
    os: os('ol', 'redhat', '9.3'),
    text: `NAME="Oracle Linux Server"
VERSION="9.3"
ID="ol"
ID_LIKE="fedora"
VARIANT="Server"
VARIANT_ID="server"
VERSION_ID="9.3"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Oracle Linux Server 9.3"
`,
  },
  {
    name: 'Amazon Linux 2023',
    os: os('amzn', 'redhat', '2023'),
    text: `NAME="Amazon Linux"
VERSION="2023"
ID="amzn"
ID_LIKE="fedora"
VERSION_ID="2023"
PLATFORM_ID="platform:al2023"
PRETTY_NAME="Amazon Linux 2023"
`,
  },
  {
    name: 'Fedora 39',
    os: os('fedora', 'redhat', '39'),
    text: `NAME="Fedora Linux"
VERSION="39 (Server Edition)"
ID=fedora
VERSION_ID=39
VERSION_CODENAME=""
PLATFORM_ID="platform:f39"
PRETTY_NAME="Fedora Linux 39 (Server Edition)"
`,
  },
  {
    name: 'openEuler 22.03',
    os: os('openEuler', 'redhat', '22.03'),
    text: `NAME="openEuler"
VERSION="22.03 LTS"
ID="openEuler"
VERSION_ID="22.03"
PRETTY_NAME="openEuler 22.03 LTS"
`,
  },
  {
    name: 'Alpine 3.19',
    os: os('alpine', 'alpine', '3.19.1'),
    text: `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.19.1
PRETTY_NAME="Alpine Linux v3.19"
HOME_URL="https://alpinelinux.org/"
`,
  },
  {
    name: 'SLES 15',
    os: os('sles', 'suse', '15.5'),
    text: `NAME="SLES"
VERSION="15-SP5"
VERSION_ID="15.5"
PRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"
ID="sles"
ID_LIKE="suse"
ANSI_COLOR="0;32"
CPE_NAME="cpe:/o:suse:sles:15:sp5"
`,
  },
  {
    name: 'SLE Micro',
    os: os('sle-micro', 'suse', '5.5'),
    text: `NAME="SLE Micro"
VERSION="5.5"
VERSION_ID="5.5"
PRETTY_NAME="SUSE Linux Enterprise Micro 5.5"
ID="sle-micro"
`,
  },
  {
    name: 'openSUSE Leap',
    os: os('opensuse-leap', 'suse', '15.5'),
    text: `NAME="openSUSE Leap"
VERSION="15.5"
ID="opensuse-leap"
ID_LIKE="suse opensuse"
VERSION_ID="15.5"
PRETTY_NAME="openSUSE Leap 15.5"
`,
  },
  {
    name: 'openSUSE Tumbleweed',
    os: os('opensuse-tumbleweed', 'suse', '20240305'),
    text: `NAME="openSUSE Tumbleweed"
# VERSION="20240305"
ID="opensuse-tumbleweed"
ID_LIKE="opensuse suse"
VERSION_ID="20240305"
PRETTY_NAME="openSUSE Tumbleweed"
`,
  },
  {
    name: 'Arch',
    os: os('arch', 'arch', ''),
    text: `NAME="Arch Linux"
PRETTY_NAME="Arch Linux"
ID=arch
BUILD_ID=rolling
ANSI_COLOR="38;2;23;147;209"
`,
  },
  {
    name: 'a system of no known family',
    os: os('nixos', 'nixos', '23.11', 'tapir'),
    text: `ID=nixos
VERSION_ID="23.11"
VERSION_CODENAME=tapir
`,
  },
]
