#!/bin/sh
# Installs muster and musterd on this machine, and musterd as a service where systemd runs. Run again, it upgrades.
# What it does is said line by line; settings, keys and the database are never overwritten or removed.
#
#   Deploy/install.sh [--from DIR] [--prefix DIR] [--enable]
#   Deploy/install.sh --uninstall [--prefix DIR]
#
#   --from DIR    take `muster` and `musterd` from there; without it a release is built from this checkout
#   --prefix DIR  where bin/ and share/ are; /usr/local without it
#   --enable      also start the service, now and at each boot
#   --root DIR    put the files below DIR and touch nothing else: no user, no service (to look first, or to package)
#   --uninstall   stop the service and remove what was installed; settings, keys and the database stay
set -eu

say() { printf 'install: %s\n' "$*"; }
fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}
misuse() {
    printf 'install: %s; see --help\n' "$*" >&2
    exit 2
}
usage() {
    sed -n '2,/^set -eu$/{/^set -eu$/d;s/^# \{0,1\}//;p;}' "$0"
}

prefix=/usr/local root='' from='' enable=no uninstall=no
while [ $# -gt 0 ]; do
    case $1 in
        --from | --prefix | --root)
            [ -n "${2:-}" ] || misuse "$1 needs a directory"
            case $1 in
                --from) from=$2 ;;
                --prefix) prefix=$2 ;;
                --root) root=$2 ;;
            esac
            shift
            ;;
        --enable) enable=yes ;;
        --uninstall) uninstall=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) misuse "there is no option $1" ;;
    esac
    shift
done

case $prefix in /*) ;; *) misuse "--prefix has to begin with /: $prefix" ;; esac
prefix=${prefix%/}
here=$(cd "$(dirname "$0")" && pwd)
repository=$(dirname "$here")
unit=/etc/systemd/system/musterd.service
settings=/etc/musterd.yaml
home=/var/lib/muster
pages=$prefix/share/doc/muster

# The machine itself is touched only when the files are not put elsewhere.
manages=no
if [ -z "$root" ]; then
    [ "$(id -u)" -eq 0 ] || fail "this needs root; \`--root DIR\` shows what would be installed"
    # What systemd itself calls running: sd_booted(3).
    if [ -d /run/systemd/system ]; then
        manages=yes
    else
        say "systemd does not run here: no service and no user are made; start $prefix/bin/musterd as you start daemons"
    fi
fi

# Puts a file in place whole: a running program keeps the file it was started from.
changed=no
put() { # MODE SOURCE TARGET
    if cmp -s "$2" "$root$3"; then
        say "$3 is up to date"
        return
    fi
    mkdir -p "$root$(dirname "$3")"
    install -m "$1" "$2" "$root$3.new"
    mv -f "$root$3.new" "$root$3"
    # A page that changed is no reason to restart anything.
    case $3 in "$pages"/*) ;; *) changed=yes ;; esac
    say "$3 installed"
}

take_away() { # PATH
    [ -e "$root$1" ] || return 0
    rm -f "$root$1"
    say "$1 removed"
}

# --- uninstalling ----------------------------------------------------------------------------------------------------

if [ "$uninstall" = yes ]; then
    if [ "$manages" = yes ] && [ -e "$unit" ]; then
        systemctl disable --now musterd.service
        say "the service is stopped; what runs on nodes stays, \`muster down FILE\` stops it"
    fi
    take_away "$unit"
    for name in muster musterd; do take_away "$prefix/bin/$name"; done
    for page in Service.md Logging.md DaemonFileReference.md; do take_away "$pages/$page"; done
    rmdir "$root$pages" 2>/dev/null || true
    [ "$manages" = no ] || systemctl daemon-reload
    for left in "$settings" /etc/musterd.env /etc/musterd "$unit.d" /var/lib/musterd "$home"; do
        [ ! -e "$root$left" ] || say "$left stays; remove it yourself when nothing in it is needed"
    done
    if [ "$manages" = yes ] && id muster >/dev/null 2>&1; then say "user muster stays; \`userdel muster\` removes it"; fi
    exit 0
fi

# --- programs --------------------------------------------------------------------------------------------------------

if [ -z "$from" ]; then
    command -v swift >/dev/null || fail "there is no \`swift\` on root's PATH; build as yourself and give --from DIR"
    say "building a release (minutes the first time)"
    cd "$repository"
    for name in muster musterd; do swift build -c release --static-swift-stdlib --product "$name"; done
    from=$(swift build -c release --static-swift-stdlib --show-bin-path)
    cd "$OLDPWD"
fi
for name in muster musterd; do
    if [ ! -f "$from/$name" ] || [ ! -x "$from/$name" ]; then fail "there is no program $from/$name"; fi
done
# The Swift runtime is linked in; these are not.
missing=$(ldd "$from/muster" "$from/musterd" 2>/dev/null | awk '/not found/ { print $1 }' | sort -u | tr '\n' ' ')
[ -z "$missing" ] || fail "missing here: $missing(Debian: apt-get install libssh2-1 libsqlite3-0)"
for name in muster musterd; do put 0755 "$from/$name" "$prefix/bin/$name"; done

for page in MusterDaemon/MusterDaemon.docc/Service.md MusterDaemon/MusterDaemon.docc/Logging.md \
    MusterSpec/MusterSpec.docc/DaemonFileReference.md; do
    put 0644 "$repository/Sources/$page" "$pages/$(basename "$page")"
done

# --- settings --------------------------------------------------------------------------------------------------------

if [ -e "$root$settings" ]; then
    say "$settings is there and stays as it is"
else
    mkdir -p "$root/etc"
    install -m 0644 "$here/musterd.yaml" "$root$settings"
    say "$settings installed: every key explained, every default in force"
fi

# --- user ------------------------------------------------------------------------------------------------------------

if [ "$manages" = yes ]; then
    if id muster >/dev/null 2>&1; then
        say "user muster is there"
    else
        useradd --system --user-group --home-dir "$home" --no-create-home --shell /usr/sbin/nologin muster
        say "user muster made"
    fi
    for directory in "$home" "$home/.ssh"; do
        [ -d "$directory" ] || install -d -m 0700 -o muster -g muster "$directory"
    done
    say "$home/.ssh is for the daemon's keys and known hosts"
fi

# --- service ---------------------------------------------------------------------------------------------------------

if [ -z "$root" ] && [ "$manages" = no ]; then
    say "done"
    exit 0
fi

adapted=$(mktemp)
trap 'rm -f "$adapted"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
sed "s|/usr/local/|$prefix/|g" "$here/musterd.service" >"$adapted"
put 0644 "$adapted" "$unit"

if [ "$manages" = yes ]; then
    systemctl daemon-reload
    if [ "$changed" = yes ] && systemctl is-active --quiet musterd.service; then
        # A daemon that runs is worth more than a new one that does not start.
        "$prefix/bin/musterd" --check || fail "the new release does not take $settings, so the old one runs on"
        say "restarting the service; what runs on nodes stays and is taken over"
        systemctl restart musterd.service
    fi
    if [ "$enable" = yes ]; then
        systemctl enable --now musterd.service
        say "the service runs; \`journalctl -u musterd\` is its log"
    else
        say "to start it now and at each boot: systemctl enable --now musterd"
    fi
    [ -e "$home/.ssh/id_ed25519" ] || say "a key for the nodes: sudo -u muster ssh-keygen -t ed25519 -f $home/.ssh/id_ed25519 -N ''"
fi
say "done"
