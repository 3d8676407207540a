package dev.pel.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

class PeopleFileReaderTests {
    private final PeopleFileReader reader = reader(5);

    @Test
    void readsPeopleInOrder() {
        PeopleFile file = read("name,channel,address\nAda,sms,1\nBob,email,b@example.com\nCy,popup,pc-1\n");

        assertThat(file.refused()).isEmpty();
        assertThat(file.people())
                .containsExactly(
                        new Person("Ada", Channel.SMS, "1"),
                        new Person("Bob", Channel.EMAIL, "b@example.com"),
                        new Person("Cy", Channel.POPUP, "pc-1"));
    }

    @Test
    void toleratesByteOrderMarkCarriageReturnsQuotesBlanksAndOtherOrders() {
        PeopleFile file = read(
                "\uFEFFChannel, \"ADDRESS\" ,Name\r\n SMS ,1,\"Lovelace, Ada\"\r\n\r\nemail,2,\"Bob \"\"B\"\" B\"");

        assertThat(file.refused()).isEmpty();
        assertThat(file.people())
                .containsExactly(
                        new Person("Lovelace, Ada", Channel.SMS, "1"), new Person("Bob \"B\" B", Channel.EMAIL, "2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Ada,fax,1 | 'channel' must be sms, email or popup but was 'fax'",
                "Ada,,1 | 'channel' must be sms, email or popup but was ''",
                ",sms,1 | 'name' is missing",
                "Ada,sms,'  ' | 'address' is missing",
                "Ada,sms | expected 3 columns but found 2; a value with a comma needs quotes",
                "Love,Ada,sms,1 | expected 3 columns but found 4; a value with a comma needs quotes"
            },
            quoteCharacter = '`')
    void aBadRowIsReportedWithItsLineAndTheOthersGoOn(String row, String reason) {
        PeopleFile file = read("name,channel,address\nBob,sms,1\n" + row.replace("'  '", "  ") + "\nCy,sms,3\n");

        assertThat(file.people()).extracting(Person::name).containsExactly("Bob", "Cy");
        assertThat(file.refused()).containsExactly(new RefusedRow(3, reason));
    }

    @Test
    void theLineIsTheOneOnWhichTheRowBegins() {
        PeopleFile file = read(
                "name,channel,address\r\n\r\n\"Two\r\nlines\",sms,1\r\n\"Three\r\n\r\nlines\",fax,2\r\nBob,fax,3\r\n");

        assertThat(file.people()).extracting(Person::name).containsExactly("Two\r\nlines");
        assertThat(file.refused()).extracting(RefusedRow::line).containsExactly(5L, 8L);
    }

    @Test
    void longValuesAreRefused() {
        PeopleFile file = read("name,channel,address\nBob,sms,1\n%s,sms,1\nCy,sms,%s\nDi,%s,1"
                .formatted("n".repeat(101), "1".repeat(201), "c".repeat(99)));

        assertThat(file.refused())
                .extracting(RefusedRow::reason)
                .containsExactly(
                        "'name' must have at most 100 characters but has 101",
                        "'address' must have at most 200 characters but has 201",
                        "'channel' must be sms, email or popup but was '%s…'".formatted("c".repeat(40)));
    }

    @Test
    void aQuoteThatIsNeverClosedIsReportedAndWhatWasReadCounts() {
        PeopleFile file = read("name,channel,address\nAda,sms,1\n\"Bob,sms,2\nCy,sms,3\n");

        assertThat(file.people()).extracting(Person::name).containsExactly("Ada");
        assertThat(file.refused())
                .containsExactly(new RefusedRow(
                        3, "this row and all after it are unreadable: a quote that is opened here is never closed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\uFEFF", " \r\n\n"})
    void anEmptyFileIsRefused(String content) {
        refused(content.getBytes(UTF_8)).withMessageContaining("The file is empty. Expected is a header");
    }

    @Test
    void aFileWithoutRowsIsRefused() {
        refused("name,channel,address\r\n".getBytes(UTF_8)).withMessageContaining("no rows below its header");
    }

    @Test
    void aFileThatIsNoTextInUtf8IsRefused() {
        String good = "name,channel,address\nJürgen,sms,1";
        refused(good.getBytes(ISO_8859_1)).withMessageContaining("not text in UTF-8");
        refused(good.getBytes(UTF_16)).withMessageContaining("not text in UTF-8");
        refused(new byte[] {'P', 'K', 3, 4, 0, 0}).withMessageContaining("not text in UTF-8");
    }

    @Test
    void aFileWithoutHeaderIsToldWhatIsExpected() {
        refused("Ada,sms,1\n".getBytes(UTF_8))
                .withMessageContaining(
                        "The header has no column 'name', it is: ada,sms,1. Expected is a header with the"
                                + " columns name,channel,address");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name,channel,address,name | name",
                "Name,channel,NAME,address | name",
                "name,channel,channel,address | channel",
                "address,name,channel,' address ' | address",
                "\uFEFF\"name\",channel,address,\"name\" | name"
            },
            quoteCharacter = '`')
    void aColumnThatIsThereTwiceIsRefusedBecauseEitherCouldBeMeant(String header, String twice) {
        String csv = header.replace("'", "\"") + "\nAda,sms,1,Bob\n";

        refused(csv.getBytes(UTF_8))
                .withMessageContaining("The header has the column '%s' 2 times, it is: ".formatted(twice))
                .withMessageContaining("Expected is a header with the columns name,channel,address");
    }

    @Test
    void columnsOfOtherNamesAndOfNoneAreIgnored() {
        PeopleFile file = read("note,name,,channel,note,address,\nx,Ada,y,sms,z,1,\n");

        assertThat(file.refused()).isEmpty();
        assertThat(file.people()).containsExactly(new Person("Ada", Channel.SMS, "1"));
    }

    @Test
    void aHeaderOfBlankNamesIsToldWhatIsExpected() {
        refused(" , ,\nAda,sms,1\n".getBytes(UTF_8))
                .withMessageContaining("The header has no column 'name', it is: ,,. Expected is a header");
    }

    @Test
    void aFileOfBadRowsOnlyIsRefusedWithAllOfThem() {
        refused("name,channel,address\nAda,fax,1\nBob,sms\n".getBytes(UTF_8))
                .satisfies(e -> assertThat(e.getBody().getProperties())
                        .hasEntrySatisfying(
                                "refused",
                                rows -> assertThat(rows)
                                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                                        .hasSize(2)));
    }

    @Test
    void tooManyRowsAreRefusedWithTheRule() {
        String rows = "Ada,sms,1\n".repeat(5);
        assertThat(read("name,channel,address\n" + rows).people()).hasSize(5);
        refused(("name,channel,address\n" + rows + "bad\n").getBytes(UTF_8))
                .withMessageContaining("more than 5 rows ('demo.people.max-rows')");
    }

    @Test
    void theSampleHasFiveHundredPeople() throws IOException {
        PeopleFile sample = reader(500).read(Files.readAllBytes(Path.of("samples", "people.csv")));

        assertThat(sample.people()).hasSize(500);
        assertThat(sample.refused()).isEmpty();
    }

    private PeopleFile read(String content) {
        return reader.read(content.getBytes(UTF_8));
    }

    private ThrowableAssertAlternative<PeopleFileException> refused(byte[] content) {
        return assertThatExceptionOfType(PeopleFileException.class).isThrownBy(() -> reader.read(content));
    }

    private static PeopleFileReader reader(int maxRows) {
        MockEnvironment environment = new MockEnvironment().withProperty("demo.people.max-rows", "" + maxRows);
        return new PeopleFileReader(Binder.get(environment).bindOrCreate("demo", DemoProperties.class));
    }
}
