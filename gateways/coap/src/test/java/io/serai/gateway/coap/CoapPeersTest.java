package io.serai.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.Gateway.Conversation;
import io.serai.gateway.Settings;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.harness.SessionHarness;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoapPeersTest {
  private final CoapPeers peers = new CoapPeers();

  private Conversation<CoapFrame> open(String transport, Settings settings) {
    return peers.open(
        TestPeer.info(transport, true),
        settings,
        (_, reply, out) -> reply.answer(CoapAnswer.of(CoapCode.CONTENT), out));
  }

  @ParameterizedTest
  @CsvSource({
    "udp, DatagramCodec, DatagramSession",
    "dtls, DatagramCodec, DatagramSession",
    "tcp, StreamCodec, StreamSession",
    "tls, StreamCodec, StreamSession",
    "websocket, WebSocketCodec, StreamSession",
    "websocket-tls, WebSocketCodec, StreamSession"
  })
  void everyTransportHasItsMessages(String transport, String codec, String session) {
    Conversation<CoapFrame> conversation = open(transport, Settings.DEFAULTS);
    assertThat(conversation.codec().getClass().getSimpleName()).isEqualTo(codec);
    assertThat(conversation.session().getClass().getSimpleName()).isEqualTo(session);
  }

  @Test
  void whatWeTakeIsTheListenersLargestBodyAndAHead() {
    SessionHarness<CoapFrame> small =
        new SessionHarness<>(open("tcp", new Settings(Map.of("max-body-size", 2_048L))).session());
    small.open();
    CoapMessage csm = (CoapMessage) small.sent().getFirst();
    assertThat(TestPeer.unsigned(csm, 2)).isEqualTo(2_048 + CoapPeers.HEAD_BYTES);
    SessionHarness<CoapFrame> bounded =
        new SessionHarness<>(
            open("tcp", new Settings(Map.of("max-message-size", 1_024L))).session());
    bounded.open();
    CoapMessage other = (CoapMessage) bounded.sent().getFirst();
    assertThat(TestPeer.unsigned(other, 2)).isEqualTo(1_024 + CoapPeers.HEAD_BYTES);
  }
}
