"""What a private RabbitMQ node is told: its environment and its configuration files.

Each path that RabbitMQ would else look up below /etc and /var is set, so that the node of
the system, if there is one, is neither read nor touched.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"

# Unique where it must be: among the nodes of one epmd, and each node that is alone has an epmd of its own.
# "localhost" saves the look-up of a host name, which fails on machines that cannot resolve their own.
NODE_NAME = "workq@localhost"

# RabbitMQ's packages put `erl` and `epmd` here. The user's own PATH could lead to another Erlang.
PROGRAM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

FOLDERS = ("home", "data", "log", "schema", "config")
COOKIE = ".erlang.cookie"


@dataclass(frozen=True, slots=True)
class NodePorts:
    """The TCP ports of one node, all on loopback.

    Attributes:
        amqp: For clients.
        distribution: For other Erlang nodes; RabbitMQ opens it, needed or not.
        epmd: Of the port mapper that tells Erlang nodes of each other.
    """

    amqp: int
    distribution: int
    epmd: int


@dataclass(frozen=True, slots=True)
class Membership:
    """What makes a node one of a cluster's.

    Attributes:
        node_name: Its name among the others, with "@localhost".
        all_names: The names of all of them; the same in each node.
        home_dir: With the cookie in it: who has the same may come in.
        ports: Its own, and that of the epmd that they share.
        management_port: For RabbitMQ's HTTP API, which tells which node leads a queue.
    """

    node_name: str
    all_names: tuple[str, ...]
    home_dir: Path
    ports: NodePorts
    management_port: int


def write(base_dir: Path, ports: NodePorts, membership: Membership | None = None) -> None:
    """Write the configuration files into `base_dir`, and make its folders."""
    for name in FOLDERS:
        (base_dir / name).mkdir(mode=0o700, exist_ok=True)
    lines = [f"listeners.tcp.1 = {LOOPBACK}:{ports.amqp}"]
    if membership is None:
        make_cookie(base_dir / "home")
    else:
        lines += _lines_of(membership)
    (base_dir / "rabbitmq.conf").write_text("".join(f"{line}\n" for line in lines))
    # It is our own node: so it may tell who else is there. `rabbitmqctl trace_on` would do the same for
    # one life of the node, and cost a second Erlang.
    (base_dir / "advanced.config").write_text('[{rabbit, [{trace_vhosts, [<<"/">>]}]}].\n')
    plugins = ["rabbitmq_event_exchange", *(["rabbitmq_management"] if membership else [])]
    (base_dir / "enabled_plugins").write_text(f"[{','.join(plugins)}].\n")
    (base_dir / "env.conf").write_text("")


def _lines_of(membership: Membership) -> list[str]:
    peers = enumerate(membership.all_names, 1)
    return [
        "cluster_formation.peer_discovery_backend = classic_config",
        *(f"cluster_formation.classic_config.nodes.{number} = {name}" for number, name in peers),
        f"management.tcp.ip = {LOOPBACK}",
        f"management.tcp.port = {membership.management_port}",
    ]


def make_cookie(home_dir: Path) -> None:
    """Make the secret by which Erlang nodes know each other, unless there is one in `home_dir`."""
    cookie = home_dir / COOKIE
    if not cookie.exists():
        cookie.touch(mode=0o600)
        cookie.write_text(secrets.token_hex(16))  # who knows it can run code in the node
        cookie.chmod(0o400)  # Erlang refuses a cookie that others may read


def environment(base_dir: Path, ports: NodePorts, membership: Membership | None = None) -> dict[str, str]:
    """Return all environment variables of the node in `base_dir`."""
    return {
        "PATH": PROGRAM_PATH,
        "LANG": "C.UTF-8",
        # Where Erlang looks for the cookie.
        "HOME": f"{base_dir}/home" if membership is None else str(membership.home_dir),
        "RABBITMQ_CONF_ENV_FILE": f"{base_dir}/env.conf",
        "RABBITMQ_NODENAME": NODE_NAME if membership is None else membership.node_name,
        "RABBITMQ_DIST_PORT": str(ports.distribution),
        "RABBITMQ_CONFIG_FILE": f"{base_dir}/rabbitmq.conf",
        "RABBITMQ_ADVANCED_CONFIG_FILE": f"{base_dir}/advanced.config",
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{base_dir}/enabled_plugins",
        "RABBITMQ_MNESIA_BASE": f"{base_dir}/data",
        "RABBITMQ_LOG_BASE": f"{base_dir}/log",
        "RABBITMQ_LOGS": "-",  # standard output: all that the node says is in one place
        "RABBITMQ_SCHEMA_DIR": f"{base_dir}/schema",
        "RABBITMQ_GENERATED_CONFIG_DIR": f"{base_dir}/config",
        "RABBITMQ_PID_FILE": f"{base_dir}/node.pid",
        "ERL_EPMD_PORT": str(ports.epmd),
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"
        ),
        # For every virtual machine, also the short one by which RabbitMQ looks for epmd: where ours has
        # just ended with the program, that would leave one of its own behind, on every interface.
        "ERL_AFLAGS": "-start_epmd false",
        "ERL_CRASH_DUMP_SECONDS": "0",  # no dump: it takes long and tells our users nothing
        # Makes the script `exec` the virtual machine, so that the pid of the one is that of the
        # other. Else a shell sits between, and SIGKILL leaves the node behind.
        "RUNNING_UNDER_SYSTEMD": "true",
    }
