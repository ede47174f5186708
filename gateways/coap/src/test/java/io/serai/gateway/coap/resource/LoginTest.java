package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Request;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.harness.Recorded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginTest {
  private final NodeResources node = new NodeResources(TestPeer.names());
  private final TestPeer peer = peer(1);

  private TestPeer peer(long session) {
    return new TestPeer(TestPeer.info(true, null), node, session);
  }

  // ---- who a request comes from

  @Test
  void aVerifiedIdentityIsALogin() {
    TestPeer known = new TestPeer(TestPeer.info(false, "CN=device-7"), node, 1);
    assertThat(known.post("/ps/a", "x").code()).isEqualTo("2.04");
    assertThat(known.credentials).containsExactly("Certificate[subject=CN=device-7]");
  }

  @Test
  void whoSaysNothingWhereThatIsNotAllowedIsUnauthorized() {
    TestPeer nobody = new TestPeer(TestPeer.info(false, null), node, 1);
    assertThat(nobody.post("/ps/a", "x").text()).startsWith("4.01 this listener asks who you are");
    assertThat(nobody.published()).isEmpty();
  }

  @Test
  void userAndPasswordMayComeWithEachRequestAndAreCheckedOnce() {
    TestPeer strict = new TestPeer(TestPeer.info(false, null), node, 1);
    assertThat(strict.post("/ps/a?username=joe&password=secret", "x").code()).isEqualTo("2.04");
    assertThat(strict.post("/ps/a?u=joe&p=secret&qos=0", "x").code()).isEqualTo("2.04");
    assertThat(strict.credentials).containsExactly("Plain[joe]");
    strict.post("/ps/a?username=joe&password=other", "x");
    assertThat(strict.credentials).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "BAD_CREDENTIALS, 4.01",
    "NOT_AUTHORIZED, 4.01",
    "BANNED, 4.03",
    "BUSY, 5.03",
    "QUOTA_EXCEEDED, 5.03",
    "UNAVAILABLE, 5.03"
  })
  void whyALoginIsRefusedIsInTheCode(AuthResult.Kind kind, String code) {
    peer.login = new AuthResult.Denied(kind, "for the log");
    FakeReply reply = peer.post("/ps/a?username=joe&password=wrong", "x");
    assertThat(reply.code()).isEqualTo(code);
    assertThat(reply.text()).doesNotContain("for the log");
    assertThat(peer.published()).isEmpty();
  }

  @Test
  void aUserNameMayNameTheVhost() {
    peer.post("/ps/a?username=plant:joe&password=x&clientid=c1", "x");
    assertThat(peer.session.recorded(Recorded.Entered.class))
        .singleElement()
        .satisfies(entered -> {
          assertThat(entered.origin().vhost()).isEqualTo("plant");
          assertThat(entered.origin().clientId()).isEqualTo("c1");
          assertThat(entered.origin().protocol()).isEqualTo("coap");
        });
    peer.session.removeVhost("none");
    assertThat(peer.post("/ps/a?username=none:joe&password=x", "x").text())
        .isEqualTo("4.03 vhost 'none' not found");
    peer.session.forbidVhost("closed");
    assertThat(peer.post("/ps/a?username=closed:joe&password=x", "x").text())
        .isEqualTo("4.03 access to vhost 'closed' refused for user 'guest'");
  }

  // ---- EMQX's connections

  @Test
  void aConnectionHasATokenThatIsGoodFromAnyPort() {
    peer.login = new AuthResult.Granted(new Unrestricted("joe"));
    FakeReply opened = peer.post("/mqtt/connection?clientid=c1&username=joe&password=x", "");
    assertThat(opened.code()).isEqualTo("2.01");
    String token = opened.answered().payload().toUtf8();
    TestPeer other = peer(2);
    assertThat(other.post("/ps/a?clientid=c1&token=" + token, "x").code()).isEqualTo("2.04");
    assertThat(other.post("/ps/a?clientid=c1&token=" + token, "y").code()).isEqualTo("2.04");
    assertThat(other.credentials).isEmpty();
    assertThat(other.session.recorded(Recorded.Entered.class))
        .singleElement()
        .satisfies(entered -> {
          assertThat(entered.principal().user()).isEqualTo("joe");
          assertThat(entered.origin().clientId()).isEqualTo("c1");
        });
  }

  @Test
  void aWrongTokenOrClientIdIsUnauthorized() {
    String token = opened("c1");
    assertThat(peer.post("/ps/a?clientid=c1&token=guessed", "x").code()).isEqualTo("4.01");
    assertThat(peer.post("/ps/a?clientid=c2&token=" + token, "x").code()).isEqualTo("4.01");
    assertThat(peer.con(CoapCode.PUT, "/mqtt/connection?clientid=c2&token=" + token, "").code())
        .isEqualTo("4.01");
    assertThat(peer.delete("/mqtt/connection?clientid=c2&token=" + token).code()).isEqualTo("4.01");
    assertThat(peer.published()).isEmpty();
  }

  @Test
  void aHeartbeatKeepsAConnectionOpenAndSilenceEndsIt() {
    String query = "?clientid=c1&token=" + opened("c1");
    peer.elapse(ConnectionTokens.IDLE_MILLIS);
    assertThat(peer.put("/mqtt/connection" + query, "").code()).isEqualTo("2.04");
    peer.elapse(ConnectionTokens.IDLE_MILLIS);
    assertThat(peer.post("/ps/a" + query, "x").code()).isEqualTo("2.04");
    peer.elapse(ConnectionTokens.IDLE_MILLIS + 1);
    assertThat(peer.post("/ps/a" + query, "x").code()).isEqualTo("4.01");
  }

  @Test
  void aClosedConnectionIsOver() {
    String query = "?clientid=c1&token=" + opened("c1");
    assertThat(peer.delete("/mqtt/connection" + query).code()).isEqualTo("2.02");
    assertThat(peer.post("/ps/a" + query, "x").code()).isEqualTo("4.01");
    assertThat(peer.delete("/mqtt/connection" + query).code()).isEqualTo("4.01");
  }

  @Test
  void aNewConnectionOfTheClientIdEndsTheOldOne() {
    String old = "?clientid=c1&token=" + opened("c1");
    String now = "?clientid=c1&token=" + opened("c1");
    assertThat(peer.post("/ps/a" + old, "x").code()).isEqualTo("4.01");
    assertThat(peer.post("/ps/a" + now, "x").code()).isEqualTo("2.04");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThat(peer.post("/mqtt/connection", "").text())
        .isEqualTo("4.00 the parameter clientid is missing");
    assertThat(peer.put("/mqtt/connection?clientid=c1", "").text())
        .isEqualTo("4.00 the parameter token is missing");
    assertThat(peer.get("/mqtt/connection?clientid=c1").code()).isEqualTo("4.05");
    peer.login = new AuthResult.Denied("wrong");
    assertThat(peer.post("/mqtt/connection?clientid=c1&username=joe", "").code()).isEqualTo("4.01");
  }

  @Test
  void onePeerMaySpeakForSeveralClientsInTurn() {
    String one = "?clientid=c1&token=" + opened("c1");
    String two = "?clientid=c2&token=" + opened("c2");
    peer.post("/ps/a" + one, "x");
    peer.post("/ps/a" + two, "x");
    peer.post("/ps/a" + one, "x");
    assertThat(peer.publications())
        .extracting(it -> it.message().origin().clientId())
        .containsExactly("c1", "c2", "c1");
  }

  @Test
  void clientsOfSeveralVhostsAreKeptApart() {
    peer.put("/ps/a?username=one:joe&password=x", "x");
    assertThat(peer.put("/ps/a?username=two:joe&password=x", "x").code())
        .as("each vhost is asked")
        .isEqualTo("2.04");
    assertThat(peer.asked(Request.ReadRetained.class))
        .extracting(it -> it.caller().vhost())
        .containsExactly("one", "two");
    assertThat(peer.observe("/ps/a?username=one:joe&password=x").code()).isEqualTo("2.05");
    assertThat(peer.observe("/ps/a?username=two:joe&password=x").text())
        .startsWith("4.03 this peer observes topics of another vhost");
  }

  private String opened(String clientId) {
    return peer.post("/mqtt/connection?clientid=" + clientId, "").answered().payload().toUtf8();
  }
}
