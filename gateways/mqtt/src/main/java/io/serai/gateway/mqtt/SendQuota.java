package io.serai.gateway.mqtt;

/**
 * How many more QoS 1 and 2 messages the client may be sent before it acknowledges one (MQTT 5.0
 * §4.9): a place is taken until PUBACK or PUBCOMP.
 */
final class SendQuota {
  private final int size;
  private int taken;

  /**
   * @param size the client's receive maximum, or what the listener sends ahead at most
   */
  SendQuota(int size) {
    this.size = size;
  }

  int size() {
    return size;
  }

  /** Places that are taken; an earlier connection may have left more than there are. */
  int taken() {
    return taken;
  }

  boolean hasRoom() {
    return taken < size;
  }

  void take(int places) {
    taken += places;
  }

  void give(int places) {
    taken -= places;
  }
}
