package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapType;
import io.serai.model.Body;
import org.junit.jupiter.api.Test;

class DiscoveryResourceTest {
  private final TestPeer peer = new TestPeer();

  @Test
  void theResourcesAreListedForEverybody() {
    TestPeer nobody =
        new TestPeer(TestPeer.info(false, null), new NodeResources(TestPeer.names()), 1);
    FakeReply all = nobody.get("/.well-known/core");
    assertThat(all.code()).isEqualTo("2.05");
    assertThat(all.number(CoapOption.CONTENT_FORMAT)).isEqualTo(40);
    assertThat(all.text())
        .contains(
            "</ps>;rt=\"core.ps\"",
            "</topics>;rt=\"core.ps.coll\";ct=40",
            "</q>",
            "</x>",
            "</rpc>",
            "</mqtt/connection>");
    assertThat(nobody.credentials).isEmpty();
  }

  @Test
  void filtersChooseByTypePathAndFormat() {
    assertThat(peer.get("/.well-known/core?rt=core.ps.coll").text())
        .isEqualTo("2.05 </topics>;rt=\"core.ps.coll\";ct=40");
    assertThat(peer.get("/.well-known/core?rt=core.ps*").text())
        .isEqualTo("2.05 </ps>;rt=\"core.ps\",</topics>;rt=\"core.ps.coll\";ct=40");
    assertThat(peer.get("/.well-known/core?href=/q*").text())
        .isEqualTo("2.05 </q>;rt=\"serai.queues\"");
    assertThat(peer.get("/.well-known/core?ct=40").text()).startsWith("2.05 </topics>");
    assertThat(peer.get("/.well-known/core?rt=none").text()).isEqualTo("2.05");
  }

  @Test
  void topicsOfTheCollectionAreFoundByTheirType() {
    Body topic = Body.of(new byte[] {(byte) 0xa2, 0, 0x61, 'a', 2, 0x61, 'a'});
    peer.says(CoapType.CON, CoapCode.POST, "/topics", topic);
    assertThat(peer.get("/.well-known/core?rt=core.ps.conf").text())
        .isEqualTo("2.05 </topics/name0001>;rt=\"core.ps.conf\";ct=606");
    assertThat(peer.get("/.well-known/core").text()).doesNotContain("name0001");
  }

  @Test
  void whatIsNowhereIsNotFound() {
    assertThat(peer.get("/nothing").text())
        .isEqualTo("4.04 no such resource: /.well-known/core says what there is");
    assertThat(peer.says(CoapType.CON, CoapCode.GET, "/", Body.EMPTY).code()).isEqualTo("4.04");
    assertThat(peer.post("/.well-known/core", "").code()).isEqualTo("4.05");
  }

  @Test
  void linksComeInTheirOwnFormatOnly() {
    CoapOption json = CoapOption.of(CoapOption.ACCEPT, 50);
    assertThat(peer.get("/.well-known/core", json).code()).isEqualTo("4.06");
    assertThat(peer.get("/topics", json).code()).isEqualTo("4.06");
    CoapOption links = CoapOption.of(CoapOption.ACCEPT, 40);
    assertThat(peer.get("/.well-known/core", links).code()).isEqualTo("2.05");
  }
}
