package io.serai.config;

import io.serai.config.ListenerKeys.Anonymous;
import io.serai.config.TlsConfig.ClientCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes listeners of the {@code listeners} block and checks them against each other. */
final class ListenerReader {
  private static final Set<Transport> STREAMS = EnumSet.of(Transport.TCP, Transport.TLS);
  private static final Set<Transport> STREAMS_AND_WEBSOCKETS =
      EnumSet.of(Transport.TCP, Transport.TLS, Transport.WEBSOCKET, Transport.SECURE_WEBSOCKET);
  private static final Map<String, Set<Transport>> TRANSPORTS =
      Map.of(
          "http", STREAMS,
          "amqp", STREAMS_AND_WEBSOCKETS,
          "mqtt", STREAMS_AND_WEBSOCKETS,
          "stomp", STREAMS_AND_WEBSOCKETS,
          "wamp", STREAMS_AND_WEBSOCKETS,
          "coap", EnumSet.allOf(Transport.class));

  private final Section root;
  private final Catalogue catalogue;
  private final Vocabulary vocabulary;
  private final Problems problems;

  /** Enabled listeners whose protocol is installed, with where they stand. */
  private final Map<ListenerConfig, Section> open = new LinkedHashMap<>();

  private final List<String> notInstalled = new ArrayList<>();

  ListenerReader(Section root, Catalogue catalogue, Vocabulary vocabulary, Problems problems) {
    this.root = root;
    this.catalogue = catalogue;
    this.vocabulary = vocabulary;
    this.problems = problems;
    checkHosts(root, ListenerKeys.HOST);
    root.block("listeners").blocks().forEach(this::read);
    checkPorts();
  }

  List<ListenerConfig> listeners() {
    return List.copyOf(open.keySet());
  }

  List<String> notInstalled() {
    return List.copyOf(notInstalled);
  }

  Section sectionOf(ListenerConfig listener) {
    return open.getOrDefault(listener, root);
  }

  /** Protocols that some open listener speaks. */
  Set<String> protocols() {
    Set<String> protocols = new TreeSet<>();
    open.keySet().forEach(listener -> protocols.add(listener.protocol()));
    return protocols;
  }

  private void read(String name, Section at) {
    String protocol = at.find(ListenerKeys.PROTOCOL).orElse(name);
    checkProtocol(at, protocol);
    checkHosts(at, ListenerKeys.LISTENER_HOST);
    if (!at.has(ListenerKeys.PORT) || !at.get(ListenerKeys.ENABLED)) {
      return; // a missing port has been reported; a closed listener needs no certificate
    }
    Transport transport = at.get(ListenerKeys.TRANSPORT);
    checkTransport(at, protocol, transport);
    if (!vocabulary.protocols().contains(protocol)) {
      notInstalled.add(name);
      return;
    }
    List<BindAddress> addresses =
        HostNames.addresses(
            at.find(ListenerKeys.LISTENER_HOST).orElseGet(() -> root.get(ListenerKeys.HOST)));
    boolean isLoopback = addresses.stream().allMatch(BindAddress::isLoopback);
    ProxyConfig proxy = proxy(at, protocol, transport);
    Anonymous anonymous = at.get(ListenerKeys.ANONYMOUS);
    ListenerConfig listener =
        new ListenerConfig(
            name,
            protocol,
            transport,
            addresses,
            at.find(ListenerKeys.PORT).orElse(0),
            at.get(ListenerKeys.PATH),
            transport.isSecure() ? tls(at) : null,
            anonymous == Anonymous.ON
                || (anonymous == Anonymous.AUTO && isLoopback && proxy == null),
            at.get(ListenerKeys.VHOST),
            proxy,
            new ListenerLimits(
                at.get(ListenerKeys.LISTENER_MAX_CONNECTIONS),
                at.get(ListenerKeys.MAX_CONN_RATE),
                at.get(ListenerKeys.MESSAGES_RATE),
                at.get(ListenerKeys.BYTES_RATE),
                at.get(ListenerKeys.TOTAL_MESSAGES_RATE),
                at.get(ListenerKeys.TOTAL_BYTES_RATE),
                at.get(ListenerKeys.MQTT_SHED_QOS0),
                at.get(ListenerKeys.MQTT_RATE_EXCEEDED) == ListenerKeys.RateExceeded.DISCONNECT),
            options(at, protocol));
    open.put(listener, at);
  }

  private void checkProtocol(Section at, String protocol) {
    Set<String> known = vocabulary.allProtocols();
    if (!known.contains(protocol)) {
      boolean isNamed = at.has(ListenerKeys.PROTOCOL);
      String close = Suggestions.didYouMean(protocol, known);
      problems.error(
          isNamed ? at.placeOf(ListenerKeys.PROTOCOL) : at.place(),
          at.pathOf(ListenerKeys.PROTOCOL),
          isNamed
              ? "unknown protocol " + Found.quoted(protocol)
              : "is missing, and the listener's name is no protocol",
          close);
      return;
    }
    for (Key<?> key : at.given()) {
      if (!key.protocols().isEmpty() && !key.protocols().contains(protocol)) {
        problems.error(
            at.placeOf(key),
            at.pathOf(key),
            "is a key of " + String.join(", ", key.protocols()) + " listeners",
            "this listener speaks " + protocol);
      }
    }
  }

  private void checkTransport(Section at, String protocol, Transport transport) {
    Set<Transport> allowed = TRANSPORTS.get(protocol);
    if (allowed != null && !allowed.contains(transport)) {
      problems.error(
          at.placeOf(ListenerKeys.TRANSPORT),
          at.pathOf(ListenerKeys.TRANSPORT),
          protocol + " is not spoken over " + word(transport),
          "allowed: " + String.join(", ", allowed.stream().map(ListenerReader::word).toList()));
    }
    if (at.has(ListenerKeys.PATH) && !transport.isWebSocket()) {
      problems.error(
          at.placeOf(ListenerKeys.PATH),
          at.pathOf(ListenerKeys.PATH),
          "only a WebSocket has a path, this listener's transport is " + word(transport),
          "set transport = websocket, or remove the path");
    }
    if (transport.isWebSocket() && !at.get(ListenerKeys.PATH).startsWith("/")) {
      problems.error(
          at.placeOf(ListenerKeys.PATH),
          at.pathOf(ListenerKeys.PATH),
          "a path starts with /, found " + Found.quoted(at.get(ListenerKeys.PATH)),
          "");
    }
  }

  private @Nullable ProxyConfig proxy(Section at, String protocol, Transport transport) {
    if (!at.get(ListenerKeys.PROXY_PROTOCOL)) {
      return null;
    }
    boolean isHttp = protocol.equals("http");
    if (isHttp || transport.isDatagram()) {
      problems.error(
          at.placeOf(ListenerKeys.PROXY_PROTOCOL),
          at.pathOf(ListenerKeys.PROXY_PROTOCOL),
          (isHttp ? "an http listener" : "a " + word(transport) + " listener")
              + " does not read PROXY headers",
          "set it to false");
      return null;
    }
    return new ProxyConfig(
        at.get(ListenerKeys.PROXY_PROTOCOL_TIMEOUT), at.get(ListenerKeys.PROXY_PROTOCOL_TRUSTED));
  }

  private static String word(Transport transport) {
    return transport.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void checkHosts(Section at, Key<List<String>> key) {
    List<String> hosts = at.find(key).orElse(List.of("loopback"));
    if (hosts.isEmpty()) {
      problems.error(at.placeOf(key), at.pathOf(key), "the list is empty", key.allowed());
    }
    for (String host : hosts) {
      String problem = HostNames.problemWith(host);
      if (!problem.isEmpty()) {
        problems.error(
            at.placeOf(key), at.pathOf(key), "not an address: " + Found.quoted(host), problem);
      }
    }
  }

  private @Nullable TlsConfig tls(Section at) {
    Section own = at.block("tls");
    Section shared = root.block("tls");
    Path certificate =
        own.find(ListenerKeys.LISTENER_TLS.certificateFile())
            .or(() -> shared.find(ListenerKeys.TLS.certificateFile()))
            .orElse(null);
    Path key =
        own.find(ListenerKeys.LISTENER_TLS.keyFile())
            .or(() -> shared.find(ListenerKeys.TLS.keyFile()))
            .orElse(null);
    boolean isNamed = isNamed(own, shared, "certificate-file") && isNamed(own, shared, "key-file");
    if (certificate == null || key == null) {
      if (!isNamed) {
        problems.error(
            at.place(),
            at.path().toString(),
            "a "
                + word(at.get(ListenerKeys.TRANSPORT))
                + " listener needs a certificate and its key",
            "set tls.certificate-file and tls.key-file");
      }
      return null;
    }
    Path clientCa =
        own.find(ListenerKeys.LISTENER_TLS.clientCaFile())
            .or(() -> shared.find(ListenerKeys.TLS.clientCaFile()))
            .orElse(null);
    ClientCertificate clients =
        own.find(ListenerKeys.LISTENER_TLS.clientCertificate())
            .or(() -> shared.find(ListenerKeys.TLS.clientCertificate()))
            .orElse(ClientCertificate.NONE);
    if (clients != ClientCertificate.NONE && clientCa == null) {
      problems.error(
          at.place(),
          at.path().then("tls").then("client-ca-file").toString(),
          "is missing: without it no client certificate can be checked",
          "set tls.client-ca-file, or client-certificate = none");
    }
    Path crl =
        own.find(ListenerKeys.LISTENER_TLS.clientCrlFile())
            .or(() -> shared.find(ListenerKeys.TLS.clientCrlFile()))
            .orElse(null);
    if (crl != null && clientCa == null) {
      problems.error(
          at.place(),
          at.path().then("tls").then("client-crl-file").toString(),
          "certificates are revoked but nobody may sign any",
          "set tls.client-ca-file");
    }
    List<Path> others =
        own.find(ListenerKeys.LISTENER_TLS.otherCertificateFiles())
            .or(() -> shared.find(ListenerKeys.TLS.otherCertificateFiles()))
            .orElse(List.of());
    return new TlsConfig(certificate, key, others, clientCa, crl, clients, versions(own, shared));
  }

  private static boolean isNamed(Section own, Section shared, String key) {
    return own.placeOf(key) != own.place() || shared.placeOf(key) != shared.place();
  }

  private List<String> versions(Section own, Section shared) {
    List<String> known = List.of("TLSv1.3", "TLSv1.2");
    Key<List<String>> ownKey = ListenerKeys.LISTENER_TLS.protocols();
    Section said = own.has(ownKey) ? own : shared;
    List<String> versions =
        own.find(ownKey).or(() -> shared.find(ListenerKeys.TLS.protocols())).orElse(known);
    for (String version : versions) {
      if (!known.contains(version)) {
        problems.error(
            said.placeOf("protocols"),
            said.path().then("protocols").toString(),
            "unknown TLS version " + Found.quoted(version),
            "allowed: " + String.join(", ", known));
      }
    }
    return versions;
  }

  private ProtocolOptions options(Section at, String protocol) {
    return switch (protocol) {
      case "amqp" ->
          new ProtocolOptions.Amqp(
              at.get(ListenerKeys.AMQP_FRAME_MAX),
              at.get(ListenerKeys.AMQP_CHANNEL_MAX),
              at.get(ListenerKeys.AMQP_HEARTBEAT));
      case "mqtt" ->
          new ProtocolOptions.Mqtt(
              Math.toIntExact(at.get(ListenerKeys.MQTT_MAX_PACKET_SIZE)),
              at.get(ListenerKeys.MQTT_RECEIVE_MAXIMUM),
              at.get(ListenerKeys.MQTT_MAX_INFLIGHT),
              at.get(ListenerKeys.MQTT_TOPIC_ALIAS_MAXIMUM),
              at.get(ListenerKeys.MQTT_MAX_KEEP_ALIVE),
              at.get(ListenerKeys.MQTT_MAX_SESSION_EXPIRY),
              at.get(ListenerKeys.MQTT_MAX_QUEUED_MESSAGES),
              at.get(ListenerKeys.MQTT_MAX_QUEUED_BYTES),
              at.get(ListenerKeys.MQTT_QUEUE_OVERFLOW),
              at.get(ListenerKeys.MQTT_QUEUE_PRIORITIES),
              at.get(ListenerKeys.MQTT_MAX_SUBSCRIPTIONS),
              at.get(ListenerKeys.MQTT_MAX_TOPIC_LEVELS),
              at.get(ListenerKeys.MQTT_RESPONSE_INFORMATION),
              at.get(ListenerKeys.MQTT_USERNAME_AS_CLIENT_ID),
              at.get(ListenerKeys.MQTT_REVEAL_REASONS),
              at.get(ListenerKeys.MQTT_STREAM_OFFSET),
              at.get(ListenerKeys.MQTT_PAYLOAD_FORMAT_VALIDATION));
      default -> new ProtocolOptions.Other(others(at, protocol));
    };
  }

  private Map<String, Object> others(Section at, String protocol) {
    Map<String, Object> values = new HashMap<>();
    for (Key<?> key : catalogue.keys()) {
      if (key.protocols().contains(protocol) && key.path().startsWith("listeners.*.")) {
        at.find(key).ifPresent(value -> values.put(key.name(), plain(value)));
      }
    }
    return values;
  }

  private static Object plain(Object value) {
    return value instanceof Duration time ? time.toMillis() : value;
  }

  private void checkPorts() {
    List<ListenerConfig> listeners = listeners();
    for (int i = 0; i < listeners.size(); i++) {
      for (int j = i + 1; j < listeners.size(); j++) {
        if (isSamePort(listeners.get(i), listeners.get(j))) {
          reportSamePort(listeners.get(i), listeners.get(j));
        }
      }
    }
  }

  /** The complaint goes to the listener the user wrote, and the first one is named in it. */
  private void reportSamePort(ListenerConfig first, ListenerConfig second) {
    boolean isSecondBuiltIn = sectionOf(second).placeOf(ListenerKeys.PORT).isBuiltIn();
    ListenerConfig blamed = isSecondBuiltIn ? first : second;
    ListenerConfig other = isSecondBuiltIn ? second : first;
    Place otherPlace = sectionOf(other).placeOf(ListenerKeys.PORT);
    problems.error(
        sectionOf(blamed).placeOf(ListenerKeys.PORT),
        blamed.portKey(),
        "port " + blamed.port() + " is already used by listener " + Found.quoted(other.name()),
        "set another port (0 is a free one), or "
            + other.portKey().replace(".port", ".enabled")
            + " = false (set at "
            + problems.shown(otherPlace.toString())
            + ")");
  }

  private static boolean isSamePort(ListenerConfig a, ListenerConfig b) {
    return a.port() != 0
        && a.port() == b.port()
        && a.transport().isDatagram() == b.transport().isDatagram()
        && a.addresses().stream()
            .anyMatch(x -> b.addresses().stream().anyMatch(y -> HostNames.overlap(x, y)));
  }
}
