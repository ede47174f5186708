package io.serai.config;

/** What carries a listener's bytes. */
public enum Transport {
  TCP(false, false, false),
  TLS(true, false, false),
  WEBSOCKET(false, true, false),
  SECURE_WEBSOCKET(true, true, false),
  UDP(false, false, true),
  DTLS(true, false, true);

  private final boolean isSecure;
  private final boolean isWebSocket;
  private final boolean isDatagram;

  Transport(boolean isSecure, boolean isWebSocket, boolean isDatagram) {
    this.isSecure = isSecure;
    this.isWebSocket = isWebSocket;
    this.isDatagram = isDatagram;
  }

  /** Whether it needs a certificate. */
  public boolean isSecure() {
    return isSecure;
  }

  public boolean isWebSocket() {
    return isWebSocket;
  }

  /** UDP ports are apart from TCP ports, so both may use one number. */
  public boolean isDatagram() {
    return isDatagram;
  }
}
