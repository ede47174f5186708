package io.serai.config;

import io.serai.config.Catalogue.Topic;
import io.serai.config.LogConfig.Format;
import io.serai.config.LogConfig.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of the node, its limits, users, HTTP and log. */
final class ServerKeys {
  private ServerKeys() {}

  private static final PlainTypes.Flag FLAG = new PlainTypes.Flag();
  private static final PlainTypes.Regex REGEX = new PlainTypes.Regex(Set.of());
  private static final PlainTypes.Regex TOPIC_REGEX =
      new PlainTypes.Regex(Set.of("{username}", "{vhost}", "{client_id}"));

  static final Key<String> NODE_NAME =
      Key.of(
              "node.name",
              new PlainTypes.Text(1, 255),
              "Name of this node in logs, metrics and under `$SYS/brokers`.")
          .or("serai");
  static final Key<Path> DATA_DIR =
      Key.of(
              "node.data-dir",
              new FileTypes.Folder(),
              "Folder for everything the node keeps. Relative to the folder the node is started in."
                  + " Environment: `SERAI_DATA`.")
          .or("data");
  static final Key<Integer> EVENT_LOOPS =
      Key.of(
              "node.event-loops",
              new PlainTypes.Whole(0, 1024),
              "Event loops, each with its shard of queues. 0 is one per core.")
          .or("0");

  static final Key<Integer> MAX_CONNECTIONS =
      Key.of(
              "limits.max-connections",
              new PlainTypes.Whole(1, 10_000_000),
              "Open connections over all listeners but those of HTTP; more are refused.")
          .or("100000");
  static final Key<Long> MAX_MESSAGE_SIZE =
      Key.of(
              "limits.max-message-size",
              new UnitTypes.Bytes(1024, 512L << 20), // with what goes along it fits one segment
              "Largest message body, over all protocols.")
          .or("64 MiB");
  static final Key<Double> MEMORY_WATERMARK =
      Key.of(
              "limits.memory-watermark",
              new PlainTypes.Fraction(0.1, 0.95),
              "Share of the heap in use above which publishers wait; consumers never do.")
          .or("0.7");
  static final Key<Double> BUSY_SHARE =
      Key.of(
              "limits.busy-share",
              new PlainTypes.Fraction(0.05, 1),
              "Share of an event loop's time above which clients that send much are slowed while"
                  + " others publish a little, so that those are not kept waiting; 1 never slows.")
          .or("0.1");
  static final Key<Long> DISK_FREE_LIMIT =
      Key.of(
              "limits.disk-free-limit",
              new UnitTypes.Bytes(0, 1L << 60),
              "Free space of the data folder's disk below which publishers wait.")
          .or("50 MB");
  static final Key<Duration> HANDSHAKE_TIMEOUT =
      Key.of(
              "limits.handshake-timeout",
              new UnitTypes.Time(Duration.ofMillis(100), Duration.ofMinutes(10)),
              "From accepting a connection to its login; then it is closed.")
          .or("10 s");
  static final Key<Duration> DRAIN_TIMEOUT =
      Key.of(
              "limits.drain-timeout",
              new UnitTypes.Time(Duration.ZERO, Duration.ofMinutes(10)),
              "How long a stop waits for clients to leave once they were told.")
          .or("10 s");

  static final Key<Integer> MAX_CONNECTIONS_PER_USER =
      Key.of(
              "limits.max-connections-per-user",
              new PlainTypes.Whole(0, 10_000_000),
              "Open connections one user may have; 0 is no limit.")
          .or("0");
  static final Key<Integer> MAX_CONNECTIONS_PER_ADDRESS =
      Key.of(
              "limits.max-connections-per-address",
              new PlainTypes.Whole(0, 10_000_000),
              "Open connections from one address; 0 is no limit.")
          .or("0");
  static final Key<Boolean> FLAPPING_ENABLE =
      Key.of(
              "flapping-detect.enable",
              FLAG,
              "Whether a client id that connects and disconnects too often is kept out for a"
                  + " while. For protocols that have client ids.")
          .or("false");
  static final Key<Integer> FLAPPING_MAX_COUNT =
      Key.of(
              "flapping-detect.max-count",
              new PlainTypes.Whole(2, 1_000_000),
              "Disconnections within the window that get a client id banned.")
          .or("15");
  static final Key<Duration> FLAPPING_WINDOW_TIME =
      Key.of(
              "flapping-detect.window-time",
              new UnitTypes.Time(Duration.ofSeconds(1), Duration.ofDays(1)),
              "The time in which they are counted.")
          .or("1 m");
  static final Key<Duration> FLAPPING_BAN_TIME =
      Key.of(
              "flapping-detect.ban-time",
              new UnitTypes.Time(Duration.ofSeconds(1), Duration.ofDays(30)),
              "How long the client id is kept out.")
          .or("5 m");

  static final Key<Secret> PASSWORD =
      Key.of(
          "users.*.password",
          new SecretTypes.Password(),
          "The password in plain text; better `${?NAME}` from the environment than in the file.");
  static final Key<Secret> PASSWORD_FILE =
      Key.of(
          "users.*.password-file",
          new FileTypes.SecretFile(),
          "A file with nothing but the password, as containers get secrets.");
  static final Key<ScramVerifier> VERIFIER =
      Key.of(
          "users.*.verifier",
          new SecretTypes.Verifier(),
          "A stored SCRAM-SHA-256 verifier: the password itself is in no file.");
  static final Key<Boolean> LOGIN =
      Key.of(
              "users.*.login",
              FLAG,
              "`false` for a user without password, who only serves the anonymous rule.")
          .or("true");
  static final Key<Boolean> LOOPBACK_ONLY =
      Key.of(
              "users.*.loopback-only",
              FLAG,
              "Lets the user in only on listeners that this machine alone reaches.")
          .or("false");
  static final Key<List<String>> ADDRESSES =
      Key.of(
              "users.*.addresses",
              new AddressTypes.Ranges(),
              "Addresses and ranges such as `10.0.0.0/8` from which the user may log in; without"
                  + " any, from everywhere.")
          .or("[]");
  static final Key<List<String>> TAGS =
      Key.of(
              "users.*.tags",
              new PlainTypes.Texts("administrator, monitoring, management"),
              "Rights over HTTP: monitoring and administrator may read `/metrics` where it wants a"
                  + " login.")
          .or("[]");
  static final Key<String> CONFIGURE =
      Key.of(
              "users.*.permissions.*.configure",
              REGEX,
              "Exchanges and queues the user may declare and delete in this vhost.")
          .or("\"\"");
  static final Key<String> WRITE =
      Key.of(
              "users.*.permissions.*.write",
              REGEX,
              "Exchanges it may publish to and queues it may bind.")
          .or("\"\"");
  static final Key<String> READ =
      Key.of(
              "users.*.permissions.*.read",
              REGEX,
              "Queues it may consume and exchanges it may bind from.")
          .or("\"\"");
  static final Key<String> TOPIC_WRITE =
      Key.of(
              "users.*.permissions.*.topics.*.write",
              TOPIC_REGEX,
              "Topics it may publish under through this exchange.")
          .or("\"\"");
  static final Key<String> TOPIC_READ =
      Key.of(
              "users.*.permissions.*.topics.*.read",
              TOPIC_REGEX,
              "Topics and filters it may subscribe to or bind from this exchange.")
          .or("\"\"");
  static final Key<Integer> TOPIC_MAX_QOS =
      Key.of(
              "users.*.permissions.*.topics.*.max-qos",
              new PlainTypes.Whole(0, 2),
              "The highest QoS of MQTT at which it may publish, and that its subscriptions get.")
          .or("2");
  static final Key<Boolean> TOPIC_RETAIN =
      Key.of(
              "users.*.permissions.*.topics.*.retain",
              FLAG,
              "Whether it may publish retained messages.")
          .or("true");
  static final Key<String> ANONYMOUS_USER =
      Key.of(
          "anonymous.user",
          new PlainTypes.Text(0, 255),
          "Who a client without login is, where a listener allows it; `\"\"` for nobody.");

  static final Key<Duration> SYS_INTERVAL =
      Key.of(
              "sys-topics.interval",
              new UnitTypes.Time(Duration.ZERO, Duration.ofDays(1)),
              "How often `$SYS/broker/...` is published in the vhosts of MQTT listeners, as"
                  + " Mosquitto's sys_interval. 0 publishes nothing.")
          .or("10 s");

  static final Key<Boolean> SYS_CLIENT_EVENTS =
      Key.of(
              "sys-topics.client-events",
              FLAG,
              "Whether `$SYS/brokers/NODE/clients/CLIENT/connected` and `.../disconnected` are"
                  + " published when an MQTT client comes and goes, as EMQX does.")
          .or("false");

  static final Key<Boolean> OPEN_METRICS =
      Key.of(
              "http.open-metrics",
              FLAG,
              "Whether `/metrics` answers without login. `/health` always does.")
          .or("true");
  static final Key<Level> LOG_LEVEL =
      Key.of("log.level", PlainTypes.Choice.of(Level.class), "The least severe level written.")
          .or("info");
  static final Key<Format> LOG_FORMAT =
      Key.of(
              "log.format",
              PlainTypes.Choice.of(Format.class),
              "`auto` is text on a terminal and JSON lines otherwise.")
          .or("auto");

  /** The tags a user may have. */
  static final Map<String, String> KNOWN_TAGS =
      Map.of(
          "administrator", "everything in the HTTP API",
          "monitoring", "read everything in the HTTP API",
          "management", "its own objects in the HTTP API");

  static final List<Topic> TOPICS =
      List.of(
          new Topic("Node", "", List.of(NODE_NAME, DATA_DIR, EVENT_LOOPS)),
          new Topic(
              "Limits",
              "Nothing in the node grows without a bound; these are the ones worth turning.",
              List.of(
                  MAX_CONNECTIONS,
                  MAX_MESSAGE_SIZE,
                  MEMORY_WATERMARK,
                  BUSY_SHARE,
                  DISK_FREE_LIMIT,
                  HANDSHAKE_TIMEOUT,
                  DRAIN_TIMEOUT,
                  MAX_CONNECTIONS_PER_USER,
                  MAX_CONNECTIONS_PER_ADDRESS,
                  FLAPPING_ENABLE,
                  FLAPPING_MAX_COUNT,
                  FLAPPING_WINDOW_TIME,
                  FLAPPING_BAN_TIME)),
          new Topic(
              "Users",
              """
              A user has exactly one of `password`, `password-file` and `verifier`, or `login = \
              false`. The built-in user `guest` (password `guest`) may do everything in vhost `/`, \
              but only on loopback; `users.guest = null` removes it. Once a listener is reachable \
              from other machines there must be another user, or the node refuses to start.

              A user enters only the vhosts named in its `permissions`. As in RabbitMQ, `configure`, \
              `write` and `read` are regular expressions that need only be found in the name (`^` and \
              `$` anchor them); left out, they match nothing. `topics` narrows them down by topic for \
              one exchange: its expressions look at the topic in AMQP spelling (`plant.1.temp`), \
              whichever protocol the client speaks, and `{username}`, `{vhost}` and `{client_id}` in \
              them stand for those of the connection. An exchange without an entry is open to whoever \
              may use it. MQTT topics are on `amq.topic`.\
              """,
              List.of(
                  PASSWORD,
                  PASSWORD_FILE,
                  VERIFIER,
                  LOGIN,
                  LOOPBACK_ONLY,
                  ADDRESSES,
                  TAGS,
                  CONFIGURE,
                  WRITE,
                  READ,
                  TOPIC_WRITE,
                  TOPIC_READ,
                  TOPIC_MAX_QOS,
                  TOPIC_RETAIN,
                  ANONYMOUS_USER)),
          new Topic(
              "Statistics, HTTP and log",
              "",
              List.of(SYS_INTERVAL, SYS_CLIENT_EVENTS, OPEN_METRICS, LOG_LEVEL, LOG_FORMAT)));
}
