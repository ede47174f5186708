@NullMarked
package io.serai.bench.load;

import org.jspecify.annotations.NullMarked;
