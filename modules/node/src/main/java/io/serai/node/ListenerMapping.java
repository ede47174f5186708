package io.serai.node;

import io.serai.config.Limits;
import io.serai.config.ListenerConfig;
import io.serai.config.ProtocolOptions;
import io.serai.config.TlsConfig;
import io.serai.gateway.Gateway;
import io.serai.gateway.Settings;
import io.serai.gateway.driver.ListenerSpec;
import io.serai.security.TlsException;
import io.serai.security.TlsOptions;
import io.serai.security.TlsOptions.ClientCertificates;
import io.serai.security.TlsOptions.Own;
import io.serai.security.TlsOptions.Trusted;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener as configured, in the words of the gateway kit. */
final class ListenerMapping {
  private ListenerMapping() {}

  /** The listener on one address; the opener puts in the real port. */
  static ListenerSpec spec(
      ListenerConfig listener,
      Gateway gateway,
      Limits limits,
      @Nullable Consumer<NetServerOptions> tls,
      String host,
      int port) {
    return new ListenerSpec(
        listener.name(),
        gateway,
        kind(listener),
        host,
        port,
        listener.path(),
        listener.vhost(),
        listener.allowsAnonymous(),
        tls,
        settings(listener.options(), limits));
  }

  private static ListenerSpec.Kind kind(ListenerConfig listener) {
    if (listener.transport().isDatagram()) {
      return ListenerSpec.Kind.DATAGRAM;
    }
    return listener.transport().isWebSocket()
        ? ListenerSpec.Kind.WEBSOCKET
        : ListenerSpec.Kind.STREAM;
  }

  private static Settings settings(ProtocolOptions options, Limits limits) {
    Map<String, Object> values = new HashMap<>();
    values.put("max-message-size", limits.maxMessageSizeBytes());
    switch (options) {
      case ProtocolOptions.Amqp amqp -> {
        values.put("frame-max", amqp.frameMaxBytes());
        values.put("channel-max", amqp.channelMax());
        values.put("heartbeat", amqp.heartbeat().toMillis());
      }
      case ProtocolOptions.Mqtt mqtt -> {
        values.put("max-packet-size", mqtt.maxPacketSizeBytes());
        values.put("receive-maximum", mqtt.receiveMaximum());
        values.put("max-inflight", mqtt.maxInflight());
        values.put("topic-alias-maximum", mqtt.topicAliasMaximum());
        values.put("max-keep-alive", mqtt.maxKeepAlive().toMillis());
        values.put("max-session-expiry", mqtt.maxSessionExpiry().toMillis());
        values.put("max-queued-messages", mqtt.maxQueuedMessages());
        values.put("max-queued-bytes", mqtt.maxQueuedBytes());
        values.put("max-subscriptions", mqtt.maxSubscriptions());
        values.put("max-topic-levels", mqtt.maxTopicLevels());
      }
      case ProtocolOptions.Other(Map<String, Object> own) -> values.putAll(own);
    }
    return new Settings(values);
  }

  /**
   * Reads certificate and key. Blocks: not for an event loop.
   *
   * @return what puts them into a server's options; null for a listener without TLS
   * @throws StartFailure naming the listener, the file and what is wrong with it
   */
  static @Nullable Consumer<NetServerOptions> tls(ListenerConfig listener) {
    TlsConfig config = listener.tls();
    if (config == null) {
      return null;
    }
    TlsOptions options =
        new TlsOptions(
            new Own.Pem(config.certificateFile(), config.keyFile()),
            config.clientCaFile() == null ? null : new Trusted.Pem(config.clientCaFile()),
            switch (config.clientCertificate()) {
              case NONE -> ClientCertificates.NONE;
              case REQUEST -> ClientCertificates.REQUEST;
              case REQUIRE -> ClientCertificates.REQUIRE;
            },
            new HashSet<>(config.protocols()));
    try {
      ServerSSLOptions loaded = options.load(Instant.now()).options();
      return server -> apply(loaded, server);
    } catch (TlsException e) {
      throw new StartFailure("listener %s: TLS: %s".formatted(listener.name(), e.getMessage()), e);
    }
  }

  private static void apply(ServerSSLOptions tls, NetServerOptions server) {
    server.setSsl(true);
    server.setKeyCertOptions(tls.getKeyCertOptions());
    if (tls.getTrustOptions() != null) {
      server.setTrustOptions(tls.getTrustOptions());
    }
    server.setClientAuth(tls.getClientAuth());
    server.setEnabledSecureTransportProtocols(tls.getEnabledSecureTransportProtocols());
  }
}
