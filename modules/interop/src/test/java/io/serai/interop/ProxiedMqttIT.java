package io.serai.interop;

import static io.serai.interop.MqttWire.CONNACK;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** MQTT through a proxy that names its peers (PROXY protocol), against the assembled node. */
@Timeout(600)
class ProxiedMqttIT {
  private static final int QUOTA_EXCEEDED = 0x97;
  private static SeraiProcess node;
  private static int port;

  @BeforeAll
  static void start() {
    node =
        SeraiProcess.start(
            "--set",
            "listeners.mqtt.proxy-protocol=true",
            "--set",
            "listeners.mqtt.proxy-protocol-trusted=[\"127.0.0.1/32\"]",
            "--set",
            "listeners.mqtt.anonymous=on",
            "--set",
            "limits.max-connections-per-address=1");
    port = node.port("mqtt");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String from(String address) {
    return "PROXY TCP4 " + address + " 192.0.2.1 56324 1883\r\n";
  }

  private static int reasonOf(MqttWire wire) throws IOException {
    return wire.next(CONNACK).content()[1] & 0xFF;
  }

  @Test
  void theAddressThatTheProxyNamesIsTheOneThatCounts() throws IOException {
    try (MqttWire one = MqttWire.connectBehind(port, from("203.0.113.7"), "proxied-1");
        MqttWire other = MqttWire.connectBehind(port, from("203.0.113.8"), "proxied-2")) {
      assertThat(reasonOf(one)).isZero();
      assertThat(reasonOf(other)).isZero();
      try (MqttWire again = MqttWire.connectBehind(port, from("203.0.113.7"), "proxied-3")) {
        assertThat(reasonOf(again)).isEqualTo(QUOTA_EXCEEDED);
      }
    }
  }

  @Test
  void nobodyComesInWithoutAHeader() throws IOException {
    for (String header : new String[] {"", "PROXY TCP4 1.2.3.999 192.0.2.1 1 2\r\n", "PROXY\r\n"}) {
      try (MqttWire wire = MqttWire.connectBehind(port, header, "unproxied")) {
        assertThat(wire.read()).as("'%s'", header).isNull();
      }
    }
  }
}
