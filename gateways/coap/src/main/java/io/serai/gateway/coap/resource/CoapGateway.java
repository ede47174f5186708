package io.serai.gateway.coap.resource;

import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Gateway;
import io.serai.gateway.Settings;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapPeers;
import java.util.List;

/** CoAP over UDP, TCP and WebSocket, plain or secured: its resources upon its messages. */
public final class CoapGateway implements Gateway {
  private static final int DEFAULT_PORT = 5_683;

  private final CoapPeers peers = new CoapPeers();
  private final NodeResources node = new NodeResources();

  @Override
  public String name() {
    return "coap";
  }

  @Override
  public String title() {
    return "CoAP";
  }

  @Override
  public List<String> commandLines(int port) {
    String where = port == DEFAULT_PORT ? "" : ":" + port;
    return List.of("coap-client-notls -s 60 'coap://127.0.0.1" + where + "/ps/plant/%23'");
  }

  @Override
  public List<String> webSocketProtocols() {
    return List.of("coap");
  }

  @Override
  public boolean isFramePerWebSocketMessage() {
    return true;
  }

  @Override
  public Conversation<CoapFrame> open(ConnectionInfo info, Settings settings) {
    return peers.open(info, settings, new Resources(info, node));
  }
}
