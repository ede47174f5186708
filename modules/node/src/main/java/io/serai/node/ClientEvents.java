package io.serai.node;

import io.serai.gateway.ClientEvent;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What the node publishes when a client comes or goes: topics and fields are EMQX's. */
final class ClientEvents {
  private final String nodeName;

  ClientEvents(String nodeName) {
    this.nodeName = nodeName;
  }

  /** The event as a message to the system exchange. */
  Message message(ClientEvent event) {
    Origin client = event.origin();
    JsonObject body =
        new JsonObject()
            .put("clientid", client.clientId())
            .put("username", client.user())
            .put("ipaddress", host(event.remoteAddress()))
            .put("proto_name", client.protocol())
            .put("connected_at", event.connectedAtMillis());
    long atMillis =
        switch (event) {
          case ClientEvent.Connected connected -> {
            body.put("keepalive", connected.keepAliveSeconds())
                .put("clean_start", connected.cleanStart())
                .put("expiry_interval", connected.expirySeconds());
            yield connected.connectedAtMillis();
          }
          case ClientEvent.Disconnected gone -> {
            body.put("reason", gone.reason()).put("disconnected_at", gone.atMillis());
            yield gone.atMillis();
          }
        };
    String what = event instanceof ClientEvent.Connected ? "connected" : "disconnected";
    return new Message(
        new Address(
            Address.SYSTEM_EXCHANGE,
            Topic.ofLevels(
                List.of("$SYS", "brokers", nodeName, "clients", client.clientId(), what),
                Spelling.SLASH)),
        Encoding.Neutral.NONE,
        Body.ofUtf8(body.put("ts", atMillis).encode()),
        Origin.ofBroker(client.vhost()),
        atMillis);
  }

  private static String host(String address) {
    int colon = address.lastIndexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }
}
