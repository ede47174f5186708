package io.serai.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlockOptionTest {
  @Test
  void anOptionComesBackTheSame() {
    for (int exponent = 0; exponent <= BlockOption.BERT; exponent++) {
      for (int number : new int[] {0, 1, 15, 16, 4095, 4096, (1 << 20) - 1}) {
        BlockOption block = new BlockOption(number, number % 2 == 0, exponent);
        CoapOption option = block.as(CoapOption.BLOCK2);
        assertThat(option.length()).isLessThanOrEqualTo(3);
        assertThat(BlockOption.in(List.of(option), CoapOption.BLOCK2)).isEqualTo(block);
      }
    }
    assertThat(BlockOption.in(List.of(), CoapOption.BLOCK2)).isNull();
  }

  @Test
  void sizesAreSixteenToOneThousandAndTwentyFourBytesAndBertCountsInTheLargest() {
    assertThat(BlockOption.sizeOf(0)).isEqualTo(16);
    assertThat(BlockOption.sizeOf(6)).isEqualTo(1024);
    assertThat(BlockOption.sizeOf(BlockOption.BERT)).isEqualTo(1024);
    assertThat(new BlockOption((1 << 20) - 1, false, 6).offset()).isEqualTo(1_073_740_800L);
    assertThat(BlockOption.at(2048, true, 5)).isEqualTo(new BlockOption(4, true, 5));
  }

  @Test
  void theLargestBlockThatFitsIsFound() {
    assertThat(BlockOption.exponentFor(1)).isZero();
    assertThat(BlockOption.exponentFor(31)).isZero();
    assertThat(BlockOption.exponentFor(32)).isEqualTo(1);
    assertThat(BlockOption.exponentFor(1023)).isEqualTo(5);
    assertThat(BlockOption.exponentFor(1024)).isEqualTo(6);
    assertThat(BlockOption.exponentFor(1 << 20)).isEqualTo(6);
  }
}
