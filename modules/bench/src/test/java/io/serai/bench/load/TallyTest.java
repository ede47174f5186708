package io.serai.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TallyTest {
  private static final int MARK = 0xBEEF;

  private final Bytes bytes = Bytes.allocate(4096);

  private Tally tally(String scenario) {
    Scenario named = Scenarios.named(scenario);
    return new Tally(named, new BodyLayout(named.bodyBytes(), MARK));
  }

  private void deliver(Tally tally, int size, int publisher, int sequence, int consumer) {
    write(size, MARK, publisher, sequence);
    tally.onBody(bytes, 0, size, consumer, 1000);
  }

  private void write(int size, int mark, int publisher, int sequence) {
    new BodyLayout(size, mark).write(bytes.buffer().clear(), publisher, sequence, 400);
  }

  @Test
  void whatCameOnceInOrderIsGood() {
    Tally tally = tally("amqp-16");
    deliver(tally, 16, 0, 0, 0);
    deliver(tally, 16, 0, 1, 0);
    assertThat(tally.delivered()).isEqualTo(2);
    assertThat(tally.lost(2)).isZero();
    assertThat(tally.doubled() + tally.reordered() + tally.corrupt()).isZero();
  }

  @Test
  void whatDidNotComeIsLostAtEveryConsumerOfAFanOut() {
    Tally tally = tally("amqp-fan10-16");
    for (int consumer = 0; consumer < 10; consumer++) {
      deliver(tally, 16, 0, 0, consumer);
    }
    deliver(tally, 16, 0, 1, 3);
    assertThat(tally.lost(2)).isEqualTo(9);
    assertThat(tally.doubled()).isZero();
  }

  @Test
  void aMessageAtTwoConsumersOfOneQueueIsDoubled() {
    Tally tally = tally("amqp-4x4-16");
    deliver(tally, 16, 2, 0, 0);
    deliver(tally, 16, 2, 0, 1);
    assertThat(tally.doubled()).isEqualTo(1);
  }

  @Test
  void consumersOfOneQueueEachKeepTheOrder() {
    Tally tally = tally("amqp-4x4-16");
    deliver(tally, 16, 0, 1, 0);
    deliver(tally, 16, 0, 0, 1); // another consumer may be slower
    assertThat(tally.reordered()).isZero();
    deliver(tally, 16, 0, 3, 0);
    deliver(tally, 16, 0, 2, 0);
    assertThat(tally.reordered()).isEqualTo(1);
    assertThat(tally.lost(4)).isZero();
  }

  @Test
  void aChangedByteAnywhereIsCorrupt() {
    for (int at : new int[] {8, 16, 700, 1023}) {
      Tally tally = tally("mqtt-one-1k");
      write(1024, MARK, 0, 0);
      bytes.buffer().put(at, (byte) ~bytes.buffer().get(at));
      tally.onBody(bytes, 0, 1024, 0, 1000);
      assertThat(tally.corrupt()).as("byte %d", at).isEqualTo(1);
      assertThat(tally.lost(1)).isEqualTo(1);
    }
  }

  @Test
  void aBodyOfAnotherLengthRunOrPairIsCorrupt() {
    Tally tally = tally("mqtt-pairs-16");
    deliver(tally, 16, 1, 0, 2);
    write(16, MARK + 1, 0, 0);
    tally.onBody(bytes, 0, 16, 0, 1000);
    write(17, MARK, 0, 0);
    tally.onBody(bytes, 0, 17, 0, 1000);
    assertThat(tally.corrupt()).isEqualTo(3);
  }

  @Test
  void latencyCountsFromWhenTheMessageWasDue() {
    Tally tally = tally("amqp-16");
    deliver(tally, 16, 0, 0, 0);
    tally.startMeasuring();
    deliver(tally, 16, 0, 1, 0);
    assertThat(tally.latency().getTotalCount()).isEqualTo(1);
    assertThat(tally.latency().getMaxValue()).isEqualTo(600);
  }
}
