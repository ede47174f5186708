package io.serai.config;

import io.serai.config.Catalogue.Topic;
import io.serai.config.TlsConfig.ClientCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of listeners and their TLS. */
final class ListenerKeys {
  private ListenerKeys() {}

  /** Whether a listener lets clients in without login. */
  enum Anonymous {
    /** On loopback only. */
    AUTO,
    ON,
    OFF
  }

  /** What becomes of a client that is faster than its listener takes. */
  enum RateExceeded {
    SLOW,
    DISCONNECT
  }

  private static final PlainTypes.Flag FLAG = new PlainTypes.Flag();
  private static final FileTypes.Readable FILE = new FileTypes.Readable();
  private static final PlainTypes.Texts HOSTS = new PlainTypes.Texts("an address, or `loopback`");
  private static final PlainTypes.Choice<ClientCertificate> CLIENT_CERTIFICATE =
      PlainTypes.Choice.of(ClientCertificate.class);
  private static final PlainTypes.Texts TLS_VERSIONS = new PlainTypes.Texts("TLSv1.3, TLSv1.2");

  static final Key<List<String>> HOST =
      Key.of(
              "host",
              HOSTS,
              "Address of every listener that names none. `loopback` is 127.0.0.1, and ::1 where"
                  + " IPv6 exists; `0.0.0.0` is every address.")
          .or("loopback");

  static final Key<Boolean> ENABLED =
      Key.of("listeners.*.enabled", FLAG, "Whether the listener is opened.").or("true");
  static final Key<String> PROTOCOL =
      Key.of(
          "listeners.*.protocol",
          new PlainTypes.Text(1, 64),
          "amqp (0-9-1), mqtt, stomp, coap or http; wamp is taken and stays closed in this version."
              + " Left out, the listener's name.");
  static final Key<Transport> TRANSPORT =
      Key.of(
              "listeners.*.transport",
              PlainTypes.Choice.of(Transport.class),
              "What carries the protocol.")
          .or("tcp");
  static final Key<List<String>> LISTENER_HOST =
      Key.of("listeners.*.host", HOSTS, "Address or addresses; left out, the `host` at the top.");
  static final Key<Integer> PORT =
      Key.of(
              "listeners.*.port",
              new PlainTypes.Whole(0, 65_535),
              "Port; 0 is a free one, told in the READY line.")
          .required();
  static final Key<String> PATH =
      Key.of(
              "listeners.*.path",
              new PlainTypes.Text(1, 1024),
              "Path of the WebSocket; for websocket and secure-websocket only.")
          .or("/ws");
  static final Key<String> VHOST =
      Key.of(
              "listeners.*.vhost",
              new PlainTypes.Text(1, 255),
              "The vhost of clients that name none.")
          .or("/");
  static final Key<Anonymous> ANONYMOUS =
      Key.of(
              "listeners.*.anonymous",
              PlainTypes.Choice.of(Anonymous.class),
              "Whether a client without login becomes `anonymous.user`. `auto` is on loopback only,"
                  + " and not behind a proxy."
                  + " AMQP 0-9-1 always asks for a login.")
          .or("auto");

  static final Key<Boolean> PROXY_PROTOCOL =
      Key.of(
              "listeners.*.proxy-protocol",
              FLAG,
              "Whether every connection begins with a PROXY protocol header, v1 or v2, that names"
                  + " the real peer. One without is closed.")
          .or("false");
  static final Key<Duration> PROXY_PROTOCOL_TIMEOUT =
      Key.of(
              "listeners.*.proxy-protocol-timeout",
              new UnitTypes.Time(Duration.ofMillis(10), Duration.ofMinutes(1)),
              "How long that header may take.")
          .or("3 s");
  static final Key<List<String>> PROXY_PROTOCOL_TRUSTED =
      Key.of(
              "listeners.*.proxy-protocol-trusted",
              new AddressTypes.Ranges(),
              "Where proxies are: addresses or ranges such as 10.0.0.0/8. A connection from"
                  + " elsewhere is closed. Empty trusts whoever reaches the port.")
          .or("[]");
  static final Key<Integer> LISTENER_MAX_CONNECTIONS =
      Key.of(
              "listeners.*.max-connections",
              new PlainTypes.Whole(0, 10_000_000),
              "Open connections of this listener; those beyond are refused. 0 is no limit but the"
                  + " node's. The listener `http` has 512 unless told otherwise.")
          .or("0");
  static final Key<Integer> MAX_CONN_RATE =
      Key.of(
              "listeners.*.max-conn-rate",
              new PlainTypes.Whole(0, 10_000_000),
              "Connections per second; those beyond are refused. 0 is no limit.")
          .or("0");
  static final Key<Integer> MESSAGES_RATE =
      Key.of(
              "listeners.*.messages-rate",
              new PlainTypes.Whole(0, 100_000_000),
              "Messages per second one client may publish; one that is faster is not read for a"
                  + " moment. 0 is no limit.")
          .or("0");
  static final Key<Long> BYTES_RATE =
      Key.of(
              "listeners.*.bytes-rate",
              new UnitTypes.Bytes(0, 1L << 40),
              "Bytes per second one client may send; one that is faster is not read for a moment."
                  + " 0 is no limit.")
          .or("0");
  static final Key<Integer> TOTAL_MESSAGES_RATE =
      Key.of(
              "listeners.*.total-messages-rate",
              new PlainTypes.Whole(0, 100_000_000),
              "Messages per second all clients of the listener together may publish; when they are"
                  + " faster, those that publish are read in turns. 0 is no limit.")
          .or("0");
  static final Key<Long> TOTAL_BYTES_RATE =
      Key.of(
              "listeners.*.total-bytes-rate",
              new UnitTypes.Bytes(0, 1L << 40),
              "Bytes per second all clients of the listener together may send; when they are"
                  + " faster, they are read in turns. 0 is no limit.")
          .or("0");

  static final Key<Integer> AMQP_FRAME_MAX =
      Key.of(
              "listeners.*.frame-max",
              new PlainTypes.Whole(4096, 16_777_216),
              "Largest frame offered, in bytes.")
          .or("131072")
          .onlyFor("amqp");
  static final Key<Integer> AMQP_CHANNEL_MAX =
      Key.of(
              "listeners.*.channel-max",
              new PlainTypes.Whole(1, 2047),
              "Channels per connection offered.")
          .or("2047")
          .onlyFor("amqp");
  static final Key<Duration> AMQP_HEARTBEAT =
      Key.of(
              "listeners.*.heartbeat",
              new UnitTypes.Time(Duration.ZERO, Duration.ofSeconds(65_535)),
              "Heartbeat interval offered; a client may ask for less. 0 offers none.")
          .or("60 s")
          .onlyFor("amqp");

  static final Key<Long> MQTT_MAX_PACKET_SIZE =
      Key.of(
              "listeners.*.max-packet-size",
              new UnitTypes.Bytes(32, 268_435_460),
              "Largest packet accepted; the protocol's own limit is 268435460 B.")
          .or("16 MiB")
          .onlyFor("mqtt");
  static final Key<Integer> MQTT_RECEIVE_MAXIMUM =
      Key.of(
              "listeners.*.receive-maximum",
              new PlainTypes.Whole(1, 65_535),
              "QoS 1 and 2 publishes a client may have unacknowledged.")
          .or("256")
          .onlyFor("mqtt");
  static final Key<Integer> MQTT_MAX_INFLIGHT =
      Key.of(
              "listeners.*.max-inflight",
              new PlainTypes.Whole(1, 65_535),
              "QoS 1 and 2 messages sent ahead of the client's acknowledgement; an MQTT 5 client"
                  + " may ask for fewer.")
          .or("64")
          .onlyFor("mqtt");
  static final Key<Integer> MQTT_TOPIC_ALIAS_MAXIMUM =
      Key.of(
              "listeners.*.topic-alias-maximum",
              new PlainTypes.Whole(0, 65_535),
              "Topic aliases a client may set up.")
          .or("16")
          .onlyFor("mqtt");
  static final Key<Duration> MQTT_MAX_KEEP_ALIVE =
      Key.of(
              "listeners.*.max-keep-alive",
              new UnitTypes.Time(Duration.ZERO, Duration.ofSeconds(65_535)),
              "Longest keep alive; an MQTT 5 client that wants more, or none, is told this one. 0"
                  + " leaves it to the client.")
          .or("0 s")
          .onlyFor("mqtt");
  static final Key<Duration> MQTT_MAX_SESSION_EXPIRY =
      Key.of(
              "listeners.*.max-session-expiry",
              new UnitTypes.Time(Duration.ZERO, Duration.ofDays(36_500)),
              "Longest time a session outlives its connection.")
          .or("7 d")
          .onlyFor("mqtt");
  static final Key<Integer> MQTT_MAX_QUEUED_MESSAGES =
      Key.of(
              "listeners.*.max-queued-messages",
              new PlainTypes.Whole(1, 100_000_000),
              "Messages kept for an absent client.")
          .or("100000")
          .onlyFor("mqtt");
  static final Key<Long> MQTT_MAX_QUEUED_BYTES =
      Key.of(
              "listeners.*.max-queued-bytes",
              new UnitTypes.Bytes(1024, 1L << 40),
              "Bodies kept for an absent client.")
          .or("256 MiB")
          .onlyFor("mqtt");
  static final Key<ProtocolOptions.QueueOverflow> MQTT_QUEUE_OVERFLOW =
      Key.of(
              "listeners.*.queue-overflow",
              PlainTypes.Choice.of(ProtocolOptions.QueueOverflow.class),
              "Which messages go when more wait for an absent client: the oldest, as in EMQX, or"
                  + " the newest, as in Mosquitto. Publishers are told that all is well.")
          .or("drop-oldest")
          .onlyFor("mqtt");

  static final Key<String> MQTT_QUEUE_PRIORITIES =
      Key.of(
              "listeners.*.queue-priorities",
              new TopicPrioritiesType(),
              "Which topics come first of what waits for a client, the highest number first; others"
                  + " have 0, or the priority their publisher gave them. For the queues of sessions"
                  + " that begin from then on.")
          .or("\"\"")
          .onlyFor("mqtt");

  static final Key<Integer> MQTT_MAX_SUBSCRIPTIONS =
      Key.of(
              "listeners.*.max-subscriptions",
              new PlainTypes.Whole(1, 10_000_000),
              "Topic filters one MQTT session, or subscriptions one STOMP connection, may have.")
          .or("10000")
          .onlyFor("mqtt", "stomp");
  static final Key<Integer> MQTT_MAX_TOPIC_LEVELS =
      Key.of(
              "listeners.*.max-topic-levels",
              new PlainTypes.Whole(1, 65_535),
              "Levels a topic name or filter may have.")
          .or("128")
          .onlyFor("mqtt");
  static final Key<Boolean> MQTT_SHED_QOS0 =
      Key.of(
              "listeners.*.shed-qos0",
              FLAG,
              "Whether QoS 0 messages beyond `messages-rate` or `total-messages-rate` are dropped,"
                  + " rather than the client slowed.")
          .or("false")
          .onlyFor("mqtt");
  static final Key<RateExceeded> MQTT_RATE_EXCEEDED =
      Key.of(
              "listeners.*.rate-exceeded",
              PlainTypes.Choice.of(RateExceeded.class),
              "What becomes of a client that is faster than `messages-rate` or `bytes-rate`: it is"
                  + " slowed, or disconnected (MQTT 5: with reason 0x96).")
          .or("slow")
          .onlyFor("mqtt");
  static final Key<String> MQTT_RESPONSE_INFORMATION =
      Key.of(
              "listeners.*.response-information",
              new PlainTypes.Text(0, 1024),
              "Told to MQTT 5 clients that ask under what to build response topics; {client_id} and"
                  + " {username} stand for theirs. Empty tells nothing.")
          .or("\"\"")
          .onlyFor("mqtt");

  static final Key<Boolean> MQTT_USERNAME_AS_CLIENT_ID =
      Key.of(
              "listeners.*.use-username-as-clientid",
              FLAG,
              "Whether a client is known by its user's name, whatever it calls itself. The user of"
                  + " a client certificate is its common name. For listeners without anonymous"
                  + " clients: those would all have one client id.")
          .or("false")
          .onlyFor("mqtt");
  static final Key<Boolean> MQTT_REVEAL_REASONS =
      Key.of(
              "listeners.*.reveal-reasons",
              FLAG,
              "Whether a refused subscription or message is answered with 0x87, not authorized."
                  + " `false` answers 0x80, unspecified error, so that permissions cannot be"
                  + " explored.")
          .or("true")
          .onlyFor("mqtt");

  static final Key<ProtocolOptions.StreamOffset> MQTT_STREAM_OFFSET =
      Key.of(
              "listeners.*.stream-offset",
              PlainTypes.Choice.of(ProtocolOptions.StreamOffset.class),
              "Where a subscription of `$stream/<name>` begins that says nothing: with what comes"
                  + " next, with the oldest message there is, or with what was written last. What"
                  + " the filter or the user property x-stream-offset says goes before it.")
          .or("next")
          .onlyFor("mqtt");

  static final Key<Boolean> MQTT_PAYLOAD_FORMAT_VALIDATION =
      Key.of(
              "listeners.*.payload-format-validation",
              FLAG,
              "Whether an MQTT 5 payload whose format indicator says UTF-8 is refused with 0x99"
                  + " when it is not. `false` hands it on as it is, as Mosquitto and EMQX do.")
          .or("false")
          .onlyFor("mqtt");

  static final Key<Long> STOMP_MAX_FRAME_SIZE =
      Key.of(
              "listeners.*.max-frame-size",
              new UnitTypes.Bytes(1024, 1L << 31),
              "Largest frame, headers and body together; the body is bounded by"
                  + " `limits.max-message-size` too.")
          .or("128 MiB")
          .onlyFor("stomp");
  static final Key<Integer> STOMP_MAX_HEADERS =
      Key.of(
              "listeners.*.max-headers",
              new PlainTypes.Whole(1, 65_535),
              "Headers of one frame, repeats counted.")
          .or("1000")
          .onlyFor("stomp");
  static final Key<Long> STOMP_MAX_HEADER_SIZE =
      Key.of(
              "listeners.*.max-header-size",
              new UnitTypes.Bytes(256, 1 << 20),
              "Longest line of a header, name and value together.")
          .or("16 KiB")
          .onlyFor("stomp");
  static final Key<Integer> STOMP_MAX_TRANSACTIONS =
      Key.of(
              "listeners.*.max-transactions",
              new PlainTypes.Whole(1, 1_000_000),
              "Transactions one connection may have open.")
          .or("100")
          .onlyFor("stomp");
  static final Key<Integer> STOMP_MAX_TRANSACTION_FRAMES =
      Key.of(
              "listeners.*.max-transaction-frames",
              new PlainTypes.Whole(1, 100_000_000),
              "SEND, ACK and NACK frames one transaction may hold.")
          .or("100000")
          .onlyFor("stomp");

  static final TlsKeys TLS = TlsKeys.at("tls");
  static final TlsKeys LISTENER_TLS = TlsKeys.at("listeners.*.tls");

  /** The same seven keys at the top and in a listener, which go before those at the top. */
  record TlsKeys(
      Key<Path> certificateFile,
      Key<Path> keyFile,
      Key<List<Path>> otherCertificateFiles,
      Key<Path> clientCaFile,
      Key<Path> clientCrlFile,
      Key<ClientCertificate> clientCertificate,
      Key<List<String>> protocols) {

    private static TlsKeys at(String block) {
      return new TlsKeys(
          Key.of(
              block + ".certificate-file",
              FILE,
              "PEM: the server's certificate, then intermediate ones."),
          Key.of(
              block + ".key-file",
              FILE,
              "PEM: its private key (RSA, EC or Ed25519, not encrypted)."),
          Key.of(
              block + ".other-certificate-files",
              new FileTypes.Readables(),
              "PEM files, each a certificate with intermediate ones and its key, for clients that"
                  + " ask for one of its names (SNI). All others get `certificate-file`."),
          Key.of(block + ".client-ca-file", FILE, "PEM: who may sign the certificates of clients."),
          Key.of(
              block + ".client-crl-file",
              FILE,
              "PEM or DER: revocation lists of those, so that a certificate that was stolen is no"
                  + " longer good."),
          Key.of(
              block + ".client-certificate",
              CLIENT_CERTIFICATE,
              "Whether a client must (require), may (request) or need not (none, the default)"
                  + " show a certificate."),
          Key.of(block + ".protocols", TLS_VERSIONS, "TLS versions; by default both."));
    }

    List<Key<?>> all() {
      return List.of(
          certificateFile,
          keyFile,
          otherCertificateFiles,
          clientCaFile,
          clientCrlFile,
          clientCertificate,
          protocols);
    }
  }

  static final List<Topic> TOPICS =
      List.of(
          new Topic(
              "Listeners",
              """
              A listener is one port on which a protocol is spoken. The built-in ones are in \
              `conf/serai.conf`; a file of your own is laid over them, so \
              `listeners.mqtt.port = 1884` changes one and leaves the others, \
              `listeners.stomp.enabled = false` closes one, and a new name opens another.

              Two listeners may share a port number only when one is UDP and the other TCP. A \
              listener that other machines reach needs a user beside `guest` (see Users).\
              """,
              List.of(
                  HOST,
                  ENABLED,
                  PROTOCOL,
                  TRANSPORT,
                  LISTENER_HOST,
                  PORT,
                  PATH,
                  VHOST,
                  ANONYMOUS,
                  PROXY_PROTOCOL,
                  PROXY_PROTOCOL_TIMEOUT,
                  PROXY_PROTOCOL_TRUSTED,
                  LISTENER_MAX_CONNECTIONS,
                  MAX_CONN_RATE,
                  MESSAGES_RATE,
                  BYTES_RATE,
                  TOTAL_MESSAGES_RATE,
                  TOTAL_BYTES_RATE)),
          new Topic(
              "AMQP listeners", "", List.of(AMQP_FRAME_MAX, AMQP_CHANNEL_MAX, AMQP_HEARTBEAT)),
          new Topic(
              "MQTT listeners",
              "",
              List.of(
                  MQTT_MAX_PACKET_SIZE,
                  MQTT_RECEIVE_MAXIMUM,
                  MQTT_MAX_INFLIGHT,
                  MQTT_TOPIC_ALIAS_MAXIMUM,
                  MQTT_MAX_KEEP_ALIVE,
                  MQTT_MAX_SESSION_EXPIRY,
                  MQTT_MAX_QUEUED_MESSAGES,
                  MQTT_MAX_QUEUED_BYTES,
                  MQTT_QUEUE_OVERFLOW,
                  MQTT_QUEUE_PRIORITIES,
                  MQTT_MAX_SUBSCRIPTIONS,
                  MQTT_MAX_TOPIC_LEVELS,
                  MQTT_SHED_QOS0,
                  MQTT_RATE_EXCEEDED,
                  MQTT_RESPONSE_INFORMATION,
                  MQTT_USERNAME_AS_CLIENT_ID,
                  MQTT_REVEAL_REASONS,
                  MQTT_STREAM_OFFSET,
                  MQTT_PAYLOAD_FORMAT_VALIDATION)),
          new Topic(
              "STOMP listeners",
              "",
              List.of(
                  STOMP_MAX_FRAME_SIZE,
                  STOMP_MAX_HEADERS,
                  STOMP_MAX_HEADER_SIZE,
                  STOMP_MAX_TRANSACTIONS,
                  STOMP_MAX_TRANSACTION_FRAMES)),
          CoapKeys.TOPIC,
          new Topic(
              "TLS",
              """
              The block at the top serves every TLS listener; a listener may have a block of its \
              own, whose keys go first. The built-in TLS listeners are closed until you name a \
              certificate and set `enabled = true`.\
              """,
              List.copyOf(TLS.all())),
          new Topic("TLS of one listener", "", List.copyOf(LISTENER_TLS.all())));
}
