package io.serai.node;

import io.serai.config.FlappingConfig;
import io.serai.config.Limits;
import io.serai.config.ListenerConfig;
import io.serai.config.ProtocolOptions;
import io.serai.config.ProxyConfig;
import io.serai.config.Transport;
import io.serai.gateway.Gateway;
import io.serai.gateway.Settings;
import io.serai.gateway.driver.AddressRange;
import io.serai.gateway.driver.Admission;
import io.serai.gateway.driver.ConnectionLimit;
import io.serai.gateway.driver.ConnectionQuota;
import io.serai.gateway.driver.DtlsEndpoint;
import io.serai.gateway.driver.FlappingWatch;
import io.serai.gateway.driver.ListenerGate;
import io.serai.gateway.driver.ListenerLimits;
import io.serai.gateway.driver.ListenerSpec;
import io.serai.gateway.driver.NodeLoad;
import io.serai.gateway.driver.ProxyProtocol;
import io.vertx.core.net.NetServerOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
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
      ListenerGate gate,
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
        dtls(listener),
        proxy(listener.proxy()),
        gate,
        settings(listener.options(), limits));
  }

  /** The loops share one DTLS socket per address. */
  private static @Nullable DtlsEndpoint dtls(ListenerConfig listener) {
    if (listener.transport() != Transport.DTLS
        || !(listener.options() instanceof ProtocolOptions.Other(Map<String, Object> own))) {
      return null;
    }
    return new DtlsEndpoint((Path) own.get("psk-file"), (Path) own.get("raw-public-keys-file"));
  }

  private static @Nullable ProxyProtocol proxy(@Nullable ProxyConfig config) {
    return config == null
        ? null
        : new ProxyProtocol(
            config.timeout().toMillis(),
            config.trusted().stream().map(AddressRange::parse).toList());
  }

  /** Who may come in through a listener: one for all its addresses. */
  static ListenerGate gate(io.serai.config.ListenerLimits limits) {
    return new ListenerGate(
        new ListenerLimits(
            limits.maxConnections(),
            limits.connectionsPerSecond(),
            limits.messagesPerSecond(),
            limits.bytesPerSecond(),
            limits.totalMessagesPerSecond(),
            limits.totalBytesPerSecond(),
            limits.shedsQos0(),
            limits.endsFast()));
  }

  /** What bounds connections over the whole node. */
  static Admission admission(Limits limits) {
    FlappingConfig flapping = limits.flapping();
    return new Admission(
        new ConnectionLimit(limits.maxConnections()),
        new ConnectionQuota(limits.maxConnectionsPerUser()),
        new ConnectionQuota(limits.maxConnectionsPerAddress()),
        flapping.isOn()
            ? new FlappingWatch(
                flapping.maxCount(), flapping.window().toMillis(), flapping.ban().toMillis())
            : FlappingWatch.OFF,
        new NodeLoad(limits.busyShare()));
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
        values.put("queue-overflow", overflow(mqtt.queueOverflow()));
        values.put("queue-priorities", mqtt.queuePriorities());
        values.put("max-subscriptions", mqtt.maxSubscriptions());
        values.put("max-topic-levels", mqtt.maxTopicLevels());
        values.put("response-information", mqtt.responseInformation());
        values.put("use-username-as-clientid", mqtt.usesUsernameAsClientId());
        values.put("reveal-reasons", mqtt.revealsReasons());
        values.put("stream-offset", mqtt.streamOffset().name().toLowerCase(Locale.ROOT));
        values.put("payload-format-validation", mqtt.validatesPayloadFormat());
      }
      case ProtocolOptions.Other(Map<String, Object> own) -> values.putAll(own);
    }
    return new Settings(values);
  }

  /** In the words of a queue's {@code x-overflow}. */
  private static String overflow(ProtocolOptions.QueueOverflow wanted) {
    return switch (wanted) {
      case DROP_OLDEST -> "drop-head";
      case DROP_NEWEST -> "drop-tail";
    };
  }
}
