#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn check(text: &str, expect: &str) {
    let format = format(text).unwrap();
    let extracted = extract(text, format, &mut Nesting::default()).unwrap();
    assert_eq!(extracted.text, expect);
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let _any = extract(&text[..end], format, &mut Nesting::default());
    }
}

#[test]
fn workbooks_of_excel_2003_are_read() {
    check(
        "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' \
         xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>\
         <Styles><Style ss:ID='p'><NumberFormat ss:Format='0%'/></Style></Styles>\
         <Worksheet ss:Name='S'><Table><Row><Cell><Data ss:Type='String'>a</Data></Cell>\
         <Cell><Data ss:Type='String'>b</Data></Cell></Row>\
         <Row ss:Index='2'><Cell><Data ss:Type='DateTime'>2024-01-31T00:00:00.000</Data></Cell>\
         <Cell ss:StyleID='p'><Data ss:Type='Number'>0.5</Data>\
         <Comment><Data>why</Data></Comment></Cell></Row></Table></Worksheet>\
         <Worksheet ss:Name='T'><Table><Row><Cell><Data ss:Type='String'>no</Data></Cell></Row>\
         </Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>\
         </Workbook>",
        "# S\n\n| a | b |\n| --- | --- |\n| 2024-01-31 | 50% |\n\nComment on B2: why",
    );
}

#[test]
fn documents_of_word_2003_are_read() {
    check(
        "<w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'>\
         <w:styles><w:style w:styleId='H'><w:name w:val='heading 1'/></w:style></w:styles>\
         <w:body><wx:sect><wx:sub-section><w:p><w:pPr><w:pStyle w:val='H'/></w:pPr>\
         <w:r><w:t>Plan</w:t></w:r></w:p><w:p><w:pPr><w:listPr><wx:t wx:val='1.'/></w:listPr></w:pPr>\
         <w:r><w:t>One</w:t></w:r><aml:annotation w:type='Word.Deletion'><aml:content><w:r>\
         <w:delText>old</w:delText></w:r></aml:content></aml:annotation>\
         <aml:annotation w:type='Word.Insertion'><aml:content><w:r><w:t> new</w:t></w:r>\
         </aml:content></aml:annotation></w:p></wx:sub-section></wx:sect></w:body></w:wordDocument>",
        "# Plan\n\n1. One new",
    );
}

#[test]
fn packages_in_one_file_are_read() {
    check(
        "<pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'>\
         <pkg:part pkg:name='/word/document.xml'><pkg:xmlData><w:document><w:body><w:p><w:r>\
         <w:t>words</w:t></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part>\
         <pkg:part pkg:name='/word/media/a.png'><pkg:binaryData>AAAA</pkg:binaryData></pkg:part>\
         </pkg:package>",
        "words",
    );
    assert_eq!(format("<a>urn:schemas-microsoft-com:office:spreadsheet</a>"), None);
}
